// Calls of the control API. The address, the CSRF token and the words for failures come from the page.

export class ApiError extends Error {
  constructor(status, body) {
    super(body?.message || body?.detail || body?.title || `HTTP ${status}`);
    this.status = status;
    this.code = body?.code || "";
  }
}

export function makeApi(base) {
  const csrf = document.querySelector('meta[name="csrf-token"]')?.content || "";

  async function call(verb, path, { query = {}, body, signal } = {}) {
    const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== null));
    const headers = { Accept: "application/json" };
    if (verb !== "GET") headers["X-CSRF-Token"] = csrf;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(`${base}${path}${search.size ? `?${search}` : ""}`, {
      method: verb,
      headers,
      signal,
      credentials: "same-origin",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new ApiError(response.status, answer);
    return answer;
  }

  return {
    get: (path, query, signal) => call("GET", path, { query, signal }),
    post: (path, body = {}) => call("POST", path, { body }),
    put: (path, body = {}) => call("PUT", path, { body }),
    remove: (path, query) => call("DELETE", path, { query }),
  };
}

const files = new Map();

// A file as a data: address, loaded once.
export function fileAddress(api, media) {
  const id = media.file_id;
  if (!files.has(id)) {
    const loaded = api.get(`/files/${encodeURIComponent(id)}`).then((file) => {
      const type = media.mime_type || file.mime_type || (file.kind === "photo" ? "image/jpeg" : "application/octet-stream");
      return { address: `data:${type};base64,${file.content_base64}`, name: file.name, size: file.size };
    });
    loaded.catch(() => files.delete(id));
    files.set(id, loaded);
  }
  return files.get(id);
}

export function readFile(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).split(",", 2)[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
