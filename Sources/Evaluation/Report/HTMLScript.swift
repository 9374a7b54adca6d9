extension HTMLReport {
    /// Sorts tables by their columns, filters the images and shows them a hundred at a time, and enlarges pictures.
    static let script = """
        'use strict';
        const key = (row, column) => row.cells[column].dataset.key;
        function compare(a, b) {
          if (a === '' || b === '') return (a === '') - (b === '');
          const x = Number(a === 'inf' ? Infinity : a.replace('×', '')), y = Number(b === 'inf' ? Infinity : b.replace('×', ''));
          return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, 'en', { numeric: true }) : x - y;
        }
        for (const table of document.querySelectorAll('table.sortable')) {
          const heads = [...table.tHead.rows[0].cells];
          heads.forEach((head, column) => head.firstElementChild.addEventListener('click', () => {
            const down = head.getAttribute('aria-sort') === 'ascending';
            heads.forEach(other => other.setAttribute('aria-sort', other === head ? (down ? 'descending' : 'ascending') : 'none'));
            const rows = [...table.tBodies[0].rows].sort((a, b) => {
              const [x, y] = [key(a, column), key(b, column)];
              if (x === '' || y === '') return compare(x, y);
              return down ? compare(y, x) : compare(x, y);
            });
            table.tBodies[0].append(...rows);
            if (table.id === 'items') show();
          }));
        }
        const items = document.getElementById('items'), filter = document.getElementById('filter'), more = document.getElementById('more');
        let limit = 100;
        function show() {
          const wanted = [...filter.querySelectorAll('select')].filter(select => select.value);
          let count = 0, total = 0;
          for (const row of items.tBodies[0].rows) {
            const fits = wanted.every(select => key(row, select.dataset.column) === select.value);
            total += fits;
            row.hidden = !fits || ++count > limit;
          }
          filter.querySelector('output').textContent = `${Math.min(total, limit)} of ${total} shown`;
          more.hidden = total <= limit;
        }
        filter.addEventListener('change', () => { limit = 100; show(); });
        filter.addEventListener('submit', event => event.preventDefault());
        more.addEventListener('click', () => { limit += 100; show(); });
        show();
        const zoom = document.getElementById('zoom');
        if (zoom) {
          const stage = zoom.querySelector('.stage');
          const flip = name => {
            for (const image of stage.children) image.classList.toggle('on', image.dataset.name === name);
            for (const button of zoom.querySelectorAll('[data-show]')) button.setAttribute('aria-pressed', button.dataset.show === name);
          };
          for (const panels of document.querySelectorAll('.panels')) panels.addEventListener('click', () => {
            stage.replaceChildren(...['lr', 'result', 'hr'].map(name => panels.querySelector(`[data-name=${name}]`).cloneNode()));
            flip('result');
            zoom.showModal();
          });
          for (const button of zoom.querySelectorAll('[data-show]')) button.addEventListener('click', () => flip(button.dataset.show));
          zoom.querySelector('[data-close]').addEventListener('click', () => zoom.close());
          zoom.addEventListener('click', event => { if (event.target === zoom) zoom.close(); });
          zoom.addEventListener('keydown', event => {
            const name = { 1: 'lr', 2: 'result', 3: 'hr' }[event.key];
            if (name) flip(name);
          });
        }
        """
}
