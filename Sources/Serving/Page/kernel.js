import { $, address, call, clamp, session, two } from "./session.js";
import { viewer } from "./viewer.js";

// The blur as a heat map and an ellipse that can be changed.
export const kernel = {
  isSet: false, isChanged: false, isBusy: false, isStale: false, isDragged: false, timer: 0,
  size: 11, view: 11, width1: 1, width2: 1, angle: 0,
  smallest: 0.3,
  get largest() { return this.size / 4; },

  clear() {
    this.isSet = this.isChanged = this.isStale = false;
    $("kernelCard").hidden = true;
  },

  // Shows what the server says.
  set(status) {
    const report = status.kernel;
    this.isSet = true;
    this.isChanged = false;
    this.size = report.size;
    this.width1 = Math.sqrt(report.variance1);
    this.width2 = Math.sqrt(report.variance2);
    this.angle = report.angle;
    $("kernelCard").hidden = false;
    $("source").textContent = { estimated: "estimated", fallback: "mild", chosen: "yours" }[report.source];
    const estimate = status.estimate ?? report;
    $("doubt").hidden = !estimate.doubt;
    $("doubt").textContent = estimate.doubt ? `A mild blur is assumed: ${estimate.doubt}.` : "";
    this.showConfidence(estimate.confidence, status.scale, report.source === "chosen");
    this.draw(report.values);
  },

  // From what one constant kernel scores to where a better one gains nothing.
  showConfidence(confidence, scale, isChosen) {
    $("confidence").hidden = !confidence || isChosen;
    if (!confidence) return;
    const [low, high] = scale >= 3 ? [51, 65] : [45, 70];
    const place = (value) => 100 * clamp((value - low) / (high - low), 0, 1);
    $("range").style.left = `${place(confidence.low)}%`;
    $("range").style.width = `${Math.max(place(confidence.high) - place(confidence.low), 2)}%`;
    $("expected").style.left = `${place(confidence.expected)}%`;
    $("decibels").textContent = `${Math.round(confidence.expected)} dB (${Math.round(confidence.low)}–${Math.round(confidence.high)})`;
  },

  get values() {
    const { size, width1, width2 } = this;
    const angle = this.angle * Math.PI / 180;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    return Array.from({ length: size * size }, (_, i) => {
      const [x, y] = [i % size - (size - 1) / 2, Math.floor(i / size) - (size - 1) / 2];
      const [u, v] = [(cosine * x + sine * y) / width1, (cosine * y - sine * x) / width2];
      return Math.exp(-0.5 * (u * u + v * v));
    });
  },

  draw(values = this.values) {
    const { size, width1, width2, angle } = this;
    // Of a narrow kernel the middle is shown.
    if (!this.isDragged) this.view = clamp(2 * Math.ceil(3 * Math.max(width1, width2)) + 1, 7, size);
    const { view } = this;
    const margin = (size - view) / 2;
    const canvas = $("heat");
    canvas.width = canvas.height = view;
    const context = canvas.getContext("2d");
    const picture = context.createImageData(view, view);
    const peak = Math.max(...values);
    for (let i = 0; i < view * view; i++) {
      const value = values[(Math.floor(i / view) + margin) * size + i % view + margin];
      picture.data.set([...colour(value / peak), 255], 4 * i);
    }
    context.putImageData(picture, 0, 0);

    $("ellipse").setAttribute("viewBox", `${-view / 2} ${-view / 2} ${view} ${view}`);
    const set = (id, attributes) => { for (const [name, value] of Object.entries(attributes)) $(id).setAttribute(name, value); };
    set("ring1", { rx: width1, ry: width2, transform: `rotate(${angle})` });
    set("ring2", { rx: 2 * width1, ry: 2 * width2, transform: `rotate(${angle})` });
    const point = (length, degrees) => [length * Math.cos(degrees * Math.PI / 180), length * Math.sin(degrees * Math.PI / 180)];
    const [x1, y1] = point(2 * width1, angle);
    const [x2, y2] = point(2 * width2, angle + 90);
    set("axis1", { x1: -x1, y1: -y1, x2: x1, y2: y1 });
    set("axis2", { x1: -x2, y1: -y2, x2, y2 });
    const range = { "aria-valuemin": this.smallest, "aria-valuemax": this.largest };
    set("knob1", { cx: x1, cy: y1, r: view / 36, ...range, "aria-valuenow": two(width1), "aria-valuetext": `${two(width1)} pixels at ${Math.round(angle)} degrees` });
    set("knob2", { cx: x2, cy: y2, r: view / 36, ...range, "aria-valuenow": two(width2), "aria-valuetext": `${two(width2)} pixels` });
    for (const [id, value] of [["width1", two(width1)], ["width2", two(width2)], ["angle", Math.round(angle)]]) {
      if (document.activeElement !== $(id)) $(id).value = value;
    }
    for (const id of ["width1", "width2"]) Object.assign($(id), { min: this.smallest, max: this.largest });
    $("changed").hidden = !this.isChanged && session.job?.kernel?.source !== "chosen";
    $("apply").hidden = !this.isChanged;
    $("hint").hidden = this.isChanged;
    $("apply").disabled = session.job?.state !== "done";
  },

  change(values) {
    const held = (value) => clamp(value, this.smallest, this.largest);
    Object.assign(this, values);
    this.width1 = held(this.width1);
    this.width2 = held(this.width2);
    this.angle = ((this.angle % 180) + 180) % 180;
    this.isChanged = true;
    $("source").textContent = "yours";
    $("confidence").hidden = $("doubt").hidden = true;
    this.draw();
    this.comeNear();
    this.preview();
  },

  get query() {
    return new URLSearchParams({ variance1: this.width1 ** 2, variance2: this.width2 ** 2, angle: this.angle });
  },

  // Small enough for a second, in pixels of the photo.
  get side() {
    const isFast = $("model").value === "default" || $("model").value.endsWith("wiener");
    return isFast ? (session.job.scale > 2 ? 72 : 112) : 64;
  },

  // Zooms in where the preview could not be seen.
  comeNear() {
    if (!viewer.width) return;
    const seen = this.side * session.job.scale * viewer.zoom;
    const wanted = 0.45 * Math.min(viewer.box.width, viewer.box.height);
    if (seen < 0.6 * wanted) viewer.zoomTo(Math.min(wanted / (this.side * session.job.scale), 4));
  },

  viewMoved() {
    if (!this.isChanged) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), 150);
  },

  async preview() {
    if (!session.job?.photo || !this.isChanged) return;
    if (this.isBusy) return void (this.isStale = true);
    this.isBusy = true;
    this.isStale = false;
    const { id, scale, photo } = session.job;
    const [width, height] = [Math.min(this.side, photo.width), Math.min(this.side, photo.height)];
    const middle = viewer.middle;
    const x = Math.round(clamp(middle.x / scale - width / 2, 0, photo.width - width));
    const y = Math.round(clamp(middle.y / scale - height / 2, 0, photo.height - height));
    const query = this.query;
    for (const [name, value] of Object.entries({ x, y, width, height })) query.set(name, value);
    try {
      const picture = await (await call(address(`/preview?${query}`), { method: "POST" })).blob();
      if (session.job?.id === id && this.isChanged) viewer.patch(URL.createObjectURL(picture), x * scale, y * scale, width * scale, height * scale);
    } catch (error) {
      $("detail").textContent = error.message;
    }
    this.isBusy = false;
    if (this.isStale) this.preview();
  },

  // Restores the whole photo with a blur, or as estimated.
  async apply(query = "") {
    this.isChanged = false;
    try {
      const answer = await (await call(address(`/apply?${query}`), { method: "POST" })).json();
      this.applied(answer);
      this.draw();
    } catch (error) {
      this.failed(error.message);
    }
  },

  // Called with what the server says when the whole photo is going to be restored, or with a sentence where it is not.
  applied() {},
  failed() {},

  reset() {
    $("patch").hidden = true;
    const wasApplied = session.job.kernel.source === "chosen";
    this.set({ ...session.job, kernel: session.job.estimate });
    if (wasApplied) this.apply();
  },
};

// From blue-black through violet and orange to a pale yellow, as in the pictures of kernels.
function colour(value) {
  const anchors = [
    [0.03, 0.03, 0.09], [0.14, 0.09, 0.31], [0.33, 0.11, 0.45], [0.53, 0.17, 0.47], [0.74, 0.25, 0.4], [0.9, 0.4, 0.27], [0.97, 0.62, 0.22],
    [0.98, 0.82, 0.4], [0.99, 0.97, 0.75],
  ];
  const position = clamp(value, 0, 1) * (anchors.length - 1);
  const index = Math.min(Math.floor(position), anchors.length - 2);
  return anchors[index].map((from, i) => 255 * (from + (anchors[index + 1][i] - from) * (position - index)));
}

viewer.moved = () => kernel.viewMoved();

{
  const drag = (knob, change) => {
    knob.addEventListener("pointerdown", (event) => {
      knob.setPointerCapture(event.pointerId);
      knob.focus();
      kernel.isDragged = true;
      event.preventDefault();
    });
    knob.addEventListener("lostpointercapture", () => {
      kernel.isDragged = false;
      kernel.draw(kernel.isChanged ? kernel.values : session.job?.kernel?.values);
    });
    knob.addEventListener("pointermove", (event) => {
      if (!knob.hasPointerCapture(event.pointerId)) return;
      const box = $("ellipse").getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width - 0.5) * kernel.view;
      const y = ((event.clientY - box.top) / box.height - 0.5) * kernel.view;
      kernel.change(change(Math.hypot(x, y) / 2, Math.atan2(y, x) * 180 / Math.PI));
    });
  };
  drag($("knob1"), (width1, angle) => ({ width1, angle }));
  drag($("knob2"), (width2, angle) => ({ width2, angle: angle - 90 }));
  const press = (knob, name) => knob.addEventListener("keydown", (event) => {
    const steps = {
      ArrowUp: { [name]: kernel[name] + 0.05 }, ArrowDown: { [name]: kernel[name] - 0.05 },
      ArrowLeft: { angle: kernel.angle - 2 }, ArrowRight: { angle: kernel.angle + 2 },
    };
    if (!steps[event.key]) return;
    event.preventDefault();
    kernel.change(steps[event.key]);
  });
  press($("knob1"), "width1");
  press($("knob2"), "width2");
  for (const id of ["width1", "width2", "angle"]) {
    $(id).addEventListener("input", () => Number.isFinite($(id).valueAsNumber) && kernel.change({ [id]: $(id).valueAsNumber }));
    $(id).addEventListener("blur", () => kernel.draw(kernel.isChanged ? kernel.values : session.job?.kernel?.values ?? kernel.values));
  }
  $("apply").onclick = () => kernel.apply(kernel.query);
  $("reset").onclick = () => kernel.reset();
}
