// Loads the lazy parts of the widget, each pinned by its hash: a part with other bytes is refused.

/** @type {Map<string, Promise<any>>} */
const loading = new Map();

/**
 * The module of a lazy part. Rejects where it does not come, or comes with other bytes; asking again tries again.
 *
 * @param {string} name
 * @param {Node} root where the preload stands: the element's own shadow root, so that the host's page stays as it is
 * @returns {Promise<any>}
 */
export function load(name, root) {
  let part = loading.get(name);
  if (!part) {
    part = fetchPart(name, root);
    loading.set(name, part);
    part.catch(() => loading.delete(name));
  }
  return part;
}

/** @param {string} name @param {Node} root @returns {Promise<any>} */
async function fetchPart(name, root) {
  const [file, integrity] = PARTS[name];
  const href = new URL(file, import.meta.url).href;
  await new Promise((resolve, reject) => {
    // import() takes no hash. A preload does, and import() of the same address then gets what the preload checked.
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = href;
    link.integrity = integrity;
    link.crossOrigin = "anonymous";
    link.onload = resolve;
    link.onerror = () => reject(Error(name));
    root.appendChild(link);
  });
  return import(href);
}
