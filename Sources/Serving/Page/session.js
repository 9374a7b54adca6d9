export const $ = (id) => document.getElementById(id);
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
export const two = (value) => (Math.round(value * 100) / 100).toFixed(2);

// What the page is about: the photo as it was chosen, and what the server last said of its job.
export const session = { file: null, job: null };

// Asks the server; what goes wrong is an error with one sentence.
export async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer. Is kenet serve still running?");
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
  }
  return response;
}

// Where something of the job is.
export const address = (part = "") => `/api/jobs/${session.job.id}${part}`;
