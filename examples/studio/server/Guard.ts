/**
 * Who may ask: a page of this very server, in a browser on this machine.
 *
 * The server listens on 127.0.0.1 alone. What is left is a page from elsewhere that the same person has open: it can send
 * requests here (the browser says so with `Origin` and `Sec-Fetch-Site`), or have its own name lead here (then `Host` is that
 * name). Both are refused before anything is looked at, the upgrade to a WebSocket too.
 */
import { type HttpServerRequest, HttpServerResponse } from "effect/http"

/** A refusal in a sentence. */
export const refused = (status: number, why: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(`${why}\n`, { status })

/** Why a request is refused, if it is. */
export const refusalFor = (
  { headers, method, url }: Pick<HttpServerRequest.HttpServerRequest, "headers" | "method" | "url">,
  port: number
): HttpServerResponse.HttpServerResponse | undefined => {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = headers
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return refused(421, `This server answers at http://127.0.0.1:${port} only.`)
  }
  if (origin !== undefined && origin !== `http://${host.toLowerCase()}`) {
    return refused(403, "This server answers its own page only.")
  }
  const site = headers["sec-fetch-site"]
  const isVisit = headers["sec-fetch-mode"] === "navigate" && url === "/"
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isVisit) {
    return refused(403, "This server answers its own page only.")
  }
  if (method !== "GET" && method !== "HEAD") return refused(405, "This server is only read from; all else goes by RPC.")
  return undefined
}
