import { $, address, call, session, two } from "./session.js";
import { kernel } from "./kernel.js";
import { viewer } from "./viewer.js";

let offer = { models: {}, upload: 0, pixels: 0 };
let events = null;

// ---------------------------------------------------------------- The server

function forget() {
  events?.close();
  events = null;
  if (session.job) fetch(address(), { method: "DELETE", keepalive: true }).catch(() => {});
  session.job = null;
}

async function send(chosen) {
  forget();
  session.file = chosen;
  viewer.clear();
  kernel.clear();
  map.clear();
  show("work");
  setState("Sending", session.file.name);
  const query = new URLSearchParams({ scale: scale(), model: $("model").value, format: $("format").value });
  const sent = chosen;
  try {
    if (offer.upload && session.file.size > offer.upload) throw new Error(`The file is too large; the limit is ${offer.upload >> 20} MB.`);
    const answer = await (await call(`/api/jobs?${query}`, { method: "POST", body: session.file })).json();
    if (sent !== session.file || session.job) return void fetch(`/api/jobs/${answer.id}`, { method: "DELETE" });
    session.job = answer;
    update(answer);
    watch();
  } catch (error) {
    if (sent === session.file) fail(error.message);
  }
}

function watch() {
  events?.close();
  const source = events = new EventSource(address("/events"));
  let failures = 0;
  source.onmessage = (event) => {
    failures = 0;
    update(JSON.parse(event.data));
  };
  // The browser tries again by itself, a few seconds apart.
  source.onerror = () => {
    failures += 1;
    if (source === events && (source.readyState === EventSource.CLOSED || failures > 3)) fail("The server does not answer any more.");
  };
}

// ---------------------------------------------------------------- What is shown

function show(name) {
  $("start").hidden = name !== "start";
  $("work").hidden = $("another").hidden = name !== "work";
  $("error").hidden = true;
}

function fail(message) {
  const hadPhoto = session.file !== null;
  forget();
  session.file = null;
  show("start");
  $("error").textContent = message;
  $("error").hidden = false;
  if (hadPhoto) $("file").focus();
}

function setState(text, detail) {
  if ($("stateText").textContent !== text) $("announce").textContent = text;
  $("stateText").textContent = text;
  $("detail").textContent = detail;
}

const duration = (seconds) =>
  seconds < 1.5 ? "a second left" : seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`;

function update(status) {
  if (!session.job || status.id !== session.job.id) return;
  const before = session.job;
  session.job = status;
  const isDone = status.state === "done";
  const size = status.result ? `${status.result.width} × ${status.result.height}` : "";
  const waiting = status.position === null || status.position === undefined ? "" : status.position === 0 ? "Next in line" : `${status.position} before it`;
  const eta = status.eta > 0 && status.progress < 1 ? duration(status.eta) : "";
  const texts = {
    receiving: ["Sending", ""], queued: ["Waiting", waiting], estimating: ["Looking at the blur", session.file?.name ?? ""],
    restoring: ["Restoring", [status.progress > 0 ? `${Math.round(status.progress * 100)} %` : size, eta].filter(Boolean).join(" · ")],
    done: ["Done", `${size} · ${status.format.toUpperCase()}`],
  };
  if (status.state === "failed") return fail(status.error);
  if (status.state === "cancelled") return fail("Cancelled.");
  setState(...texts[status.state]);
  $("progress").hidden = isDone;
  if (status.state === "restoring" && status.progress > 0) $("progress").value = status.progress;
  else $("progress").removeAttribute("value");
  $("cancel").hidden = isDone;
  $("download").hidden = !isDone;
  $("waitingText").textContent = isDone ? "" : [$("stateText").textContent, status.state === "estimating" ? "" : $("detail").textContent].filter(Boolean).join(" · ");

  if (status.result && ["restoring", "done"].includes(status.state)) {
    viewer.size(status.result.width, status.result.height);
    viewer.before(address("/before"));
  }
  if (status.kernel && status.state !== "queued") {
    const isNew = before.revision !== status.revision || !kernel.isSet;
    if (isNew) kernel.isChanged ? kernel.draw() : kernel.set(status);
    $("mapCard").hidden = false;
  }
  if (isDone) {
    events?.close();
    viewer.after(address(`/result?${status.revision}`));
    $("download").href = address("/result");
    $("download").download = `${(session.file?.name ?? "photo").replace(/\.[^.]*$/, "")}_x${status.scale}.${status.format === "jpeg" ? "jpg" : status.format}`;
  }
}

// ---------------------------------------------------------------- The blur map

const map = {
  clear() {
    $("mapCard").open = false;
    $("mapCard").hidden = $("map").hidden = $("mapLegend").hidden = true;
    $("map").removeAttribute("src");
    $("mapText").textContent = "Looking at every part of the photo …";
  },

  async load() {
    if (!session.job || $("map").getAttribute("src")) return;
    const { id } = session.job;
    try {
      const picture = await (await call(address("/map"))).blob();
      const { map: report } = await (await call(address())).json();
      if (session.job?.id !== id) return;
      $("map").src = URL.createObjectURL(picture);
      $("mapLink").href = address("/map");
      $("map").hidden = $("mapLegend").hidden = false;
      $("mapText").textContent = report.uniform
        ? "The photo does not show that its blur varies."
        : `Widths from ${two(report.smallest)} to ${two(report.largest)} px, drawn ${Math.round(report.magnification)} times as large.`;
    } catch (error) {
      $("mapText").textContent = error.message;
    }
  },
};
$("mapCard").addEventListener("toggle", () => $("mapCard").open && map.load());

// ---------------------------------------------------------------- Choosing

kernel.applied = (status) => { update(status); watch(); };
kernel.failed = fail;

const scale = () => Number(new FormData($("options")).get("scale") ?? 2);

function choose(files) {
  const photo = [...(files ?? [])].find((entry) => entry.type.startsWith("image/") || /\.(png|jpe?g|webp|tiff?|avif|hei[cf])$/i.test(entry.name)) ?? files?.[0];
  if (photo) send(photo);
}

$("file").onchange = () => { choose($("file").files); $("file").value = ""; };
$("another").onclick = () => $("file").click();
$("cancel").onclick = () => { forget(); session.file = null; show("start"); $("announce").textContent = "Cancelled"; $("file").focus(); };
for (const name of ["dragover", "dragenter"]) addEventListener(name, (event) => { event.preventDefault(); document.body.classList.add("over"); });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("over"); });
addEventListener("drop", (event) => { event.preventDefault(); document.body.classList.remove("over"); choose(event.dataTransfer?.files); });
addEventListener("paste", (event) => choose(event.clipboardData?.files));
addEventListener("pagehide", forget);
$("options").addEventListener("change", (event) => {
  if (event.target.id === "model") showScales();
  if (session.file) send(session.file);
});
$("options").addEventListener("submit", (event) => event.preventDefault());

function showScales() {
  const chosen = scale();
  const scales = offer.models[$("model").value] ?? [];
  const labels = scales.map((value) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "scale", value });
    input.checked = value === (scales.includes(chosen) ? chosen : scales[0]);
    label.append(input, Object.assign(document.createElement("span"), { textContent: `×${value}` }));
    return label;
  });
  $("scales").replaceChildren($("scales").querySelector("legend"), ...labels);
}

const names = {
  default: "Standard", paper: "The paper’s", "spectrum+wiener": "Spectrum + Wiener", "spectrum+usrnet-tiny": "Spectrum + USRNet tiny",
  "kenet+wiener": "KENet + Wiener", "kenet+usrnet-tiny": "KENet + USRNet tiny",
};

try {
  offer = await (await call("/api/models")).json();
  const models = Object.keys(offer.models).sort((a, b) => (b in names) - (a in names) || Object.keys(names).indexOf(a) - Object.keys(names).indexOf(b));
  $("model").replaceChildren(...models.map((value) => Object.assign(document.createElement("option"), { value, textContent: names[value] ?? value })));
  showScales();
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
  $("limits").textContent = `PNG, JPEG, WebP, TIFF, AVIF or HEIC, up to ${offer.upload >> 20} MB. ${isHere ? "It stays on this machine." : "It is deleted after half an hour."}`;
} catch (error) {
  fail(error.message);
}
