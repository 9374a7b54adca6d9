import { $, clamp, session } from "./session.js";

// The photo before and after, one over the other, with zoom and a divider.
export const viewer = {
  width: 0, height: 0, x: 0, y: 0, zoom: 1, split: 0.5, fitted: true,

  get images() { return document.querySelectorAll(".sheet > img:first-child"); },
  get box() { return $("view").getBoundingClientRect(); },
  get fitZoom() { return Math.min(this.box.width / this.width, this.box.height / this.height, 4); },

  clear() {
    this.width = this.height = 0;
    for (const image of this.images) image.removeAttribute("src");
    for (const element of [$("divider"), $("patch"), ...document.querySelectorAll(".tag"), ...document.querySelectorAll(".sheet")]) element.hidden = true;
    $("waitingText").textContent = "";
  },

  size(width, height) {
    if (this.width === width && this.height === height) return;
    Object.assign(this, { width, height });
    for (const sheet of document.querySelectorAll(".sheet")) {
      sheet.style.width = `${width}px`;
      sheet.style.height = `${height}px`;
    }
    this.fit();
  },

  before(source) {
    const [image] = this.images;
    if (image.getAttribute("src") === source) return;
    image.src = source;
    image.parentElement.hidden = false;
  },

  async after(source) {
    const image = this.images[1];
    const next = new Image();
    next.src = source;
    try { await next.decode(); } catch { if (!session.job) return; }
    image.src = source;
    image.parentElement.hidden = false;
    $("patch").hidden = true;
    $("divider").hidden = false;
    for (const tag of document.querySelectorAll(".tag")) tag.hidden = false;
    this.draw();
  },

  // A part of the result, in pixels of the result, that takes the place of what is there.
  patch(source, x, y, width, height) {
    const patch = $("patch");
    patch.onload = () => { URL.revokeObjectURL(source); patch.hidden = false; };
    patch.src = source;
    Object.assign(patch.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    patch.parentElement.hidden = false;
  },

  fit() {
    this.zoom = this.fitZoom;
    this.x = (this.box.width - this.width * this.zoom) / 2;
    this.y = (this.box.height - this.height * this.zoom) / 2;
    this.draw();
    this.fitted = true;
  },

  zoomTo(zoom, x = this.box.width / 2, y = this.box.height / 2) {
    zoom = clamp(zoom, Math.min(this.fitZoom, 0.05), 16);
    this.x = x - (x - this.x) * zoom / this.zoom;
    this.y = y - (y - this.y) * zoom / this.zoom;
    this.zoom = zoom;
    this.draw();
  },

  move(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.draw();
  },

  draw() {
    if (!this.width) return;
    const { width, height } = this.box;
    const room = (length, view, position) =>
      length <= view ? (view - length) / 2 : clamp(position, view - length, 0);
    this.x = room(this.width * this.zoom, width, this.x);
    this.y = room(this.height * this.zoom, height, this.y);
    for (const sheet of document.querySelectorAll(".sheet")) {
      sheet.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.zoom})`;
      sheet.style.setProperty("--zoom", this.zoom);
      sheet.classList.toggle("large", this.zoom >= 3);
    }
    const split = $("divider").hidden ? 0 : this.split;
    $("after").style.clipPath = `inset(0 0 0 ${split * width}px)`;
    $("divider").style.left = `${this.split * width}px`;
    $("handle").setAttribute("aria-valuenow", Math.round(this.split * 100));
    $("zoom").textContent = `${Math.round(this.zoom * 100)} %`;
    this.fitted = false;
    this.moved();
  },

  // Called when what is seen changes.
  moved() {},

  // The middle of what is seen of the result, in its pixels.
  get middle() {
    const left = this.split < 0.8 ? this.split * this.box.width : 0;
    const [from, to] = [Math.max(left, this.x), Math.min(this.box.width, this.x + this.width * this.zoom)];
    return { x: ((from + to) / 2 - this.x) / this.zoom, y: (this.box.height / 2 - this.y) / this.zoom };
  },
};

{
  const view = $("view");
  const pointers = new Map();
  view.addEventListener("pointerdown", (event) => {
    view.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
  });
  view.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const other = [...pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
    if (other) {
      const distance = (a) => Math.hypot(a.clientX - other.clientX, a.clientY - other.clientY);
      viewer.zoomTo(viewer.zoom * distance(event) / Math.max(distance(last), 1),
        (event.clientX + other.clientX) / 2 - viewer.box.left, (event.clientY + other.clientY) / 2 - viewer.box.top);
    }
    const share = other ? 0.5 : 1;
    viewer.move((event.clientX - last.clientX) * share, (event.clientY - last.clientY) * share);
    pointers.set(event.pointerId, event);
  });
  for (const name of ["pointerup", "pointercancel"]) view.addEventListener(name, (event) => pointers.delete(event.pointerId));
  view.addEventListener("wheel", (event) => {
    event.preventDefault();
    viewer.zoomTo(viewer.zoom * Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.clientX - viewer.box.left, event.clientY - viewer.box.top);
  }, { passive: false });
  view.addEventListener("dblclick", (event) => {
    if (viewer.zoom > viewer.fitZoom * 1.01) viewer.fit();
    else viewer.zoomTo(Math.max(1, viewer.fitZoom * 2), event.clientX - viewer.box.left, event.clientY - viewer.box.top);
  });
  const step = 60;
  const keys = {
    ArrowLeft: () => viewer.move(step, 0), ArrowRight: () => viewer.move(-step, 0), ArrowUp: () => viewer.move(0, step), ArrowDown: () => viewer.move(0, -step),
    "+": () => viewer.zoomTo(viewer.zoom * 1.25), "=": () => viewer.zoomTo(viewer.zoom * 1.25), "-": () => viewer.zoomTo(viewer.zoom / 1.25),
    0: () => viewer.fit(), 1: () => viewer.zoomTo(1),
  };
  view.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  $("in").onclick = () => viewer.zoomTo(viewer.zoom * 1.25);
  $("out").onclick = () => viewer.zoomTo(viewer.zoom / 1.25);
  $("fit").onclick = () => viewer.fit();
  $("pixels").onclick = () => viewer.zoomTo(1);
  new ResizeObserver(() => viewer.width && (viewer.fitted ? viewer.fit() : viewer.draw())).observe(view);

  const handle = $("handle");
  const splitTo = (value) => { viewer.split = clamp(value, 0, 1); viewer.draw(); };
  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) splitTo((event.clientX - viewer.box.left) / viewer.box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -0.02, ArrowDown: -0.02, ArrowRight: 0.02, ArrowUp: 0.02, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    splitTo(viewer.split + steps[event.key]);
  });
}
