// Shapes the renderer's files share.

/** A part of a message in the OpenAI shape.
 * @typedef {{type: string, text?: string, image_url?: {url: string}, input_audio?: {data: string, format: string},
 *   file?: {file_data?: string, file_id?: string, filename?: string}}} Part */

/** What the renderer needs from the element around it. `headingLevel` is the level of an answer's highest heading (4).
 * @typedef {{t: (key: string, values?: Record<string, string>) => string,
 *   load: (name: "highlight" | "math") => Promise<any>, upload: (id: string) => Promise<Blob>, streaming?: boolean,
 *   headingLevel?: number}} RenderContext */

export {};
