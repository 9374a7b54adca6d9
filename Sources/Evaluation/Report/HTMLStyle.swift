extension HTMLReport {
    static let style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6470; --line: #d9dee4; --paper: #ffffff; --shade: #f4f6f8; --accent: #0b62a4; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e4e7eb; --soft: #9aa4b0; --line: #343b44; --paper: #14181d; --shade: #1d232a; --accent: #6db3ea; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        main { max-width: 1280px; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.7rem; margin: 0 0 .3rem; }
        h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; }
        h3 { font-size: 1rem; margin: 0; }
        pre { background: var(--shade); padding: .7rem .9rem; border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; }
        .note { color: var(--soft); max-width: 75ch; }
        .notice { border-left: 4px solid #d08700; padding: .3rem .8rem; background: var(--shade); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; white-space: nowrap; }
        thead th { background: var(--shade); position: sticky; top: 0; }
        td[data-key] { text-align: right; }
        #rows td:nth-child(-n+4), #items td:nth-child(-n+4), #comparisons td:nth-child(-n+3) { text-align: left; }
        .scores th[scope=row] { font-weight: 500; }
        small { display: block; color: var(--soft); font-weight: 400; font-size: .8rem; white-space: normal; }
        .scores th small { max-width: 26ch; }
        .best { font-weight: 700; color: var(--accent); }
        .none { color: var(--soft); font-style: italic; }
        button, select { font: inherit; color: inherit; }
        th button { all: unset; cursor: pointer; }
        th button:focus-visible, .panels:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        th[aria-sort=ascending] button::after { content: " ↑"; }
        th[aria-sort=descending] button::after { content: " ↓"; }
        form { display: flex; flex-wrap: wrap; gap: .8rem; margin-bottom: .6rem; align-items: center; }
        select, #more, dialog button { background: var(--shade); border: 1px solid var(--line); border-radius: 6px; padding: .25rem .6rem; }
        output { color: var(--soft); }
        #more { margin-top: .6rem; cursor: pointer; }
        summary { font-weight: 600; cursor: pointer; padding: .4rem 0; }
        .figures { display: flex; flex-wrap: wrap; gap: 1rem; }
        figure { margin: 0; max-width: 100%; }
        .panels { all: unset; cursor: zoom-in; display: flex; gap: 4px; overflow-x: auto; max-width: 100%; }
        .panels img { display: block; width: 112px; height: 112px; object-fit: contain; image-rendering: pixelated; background: var(--shade); }
        .panels small { text-align: center; }
        figcaption { color: var(--soft); font-size: .85rem; max-width: 580px; }
        dialog { border: 1px solid var(--line); border-radius: 10px; background: var(--paper); color: var(--ink); padding: 1rem; max-width: 96vw; }
        dialog::backdrop { background: rgb(0 0 0 / .6); }
        .stage img { display: none; width: min(512px, 88vw); aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; }
        .stage img.on { display: block; }
        dialog button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
        .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(290px, 1fr)); gap: 1rem; }
        article { border: 1px solid var(--line); border-radius: 8px; padding: .9rem; }
        article img { width: 100%; background: #fff; border-radius: 4px; }
        .hash { overflow-wrap: anywhere; font-size: .75rem; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        """
}
