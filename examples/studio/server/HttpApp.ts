/** What the server answers: the page, the files of assets, and questions by RPC over a WebSocket. */
import { Effect, Layer } from "effect"
import { HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { NetAddress } from "effect/net"
import { RpcSerialization, RpcServer } from "effect/rpc"

import { filesPath, rpcPath } from "../shared/Paths.ts"
import { Rpcs } from "../shared/Rpcs.ts"
import { answers } from "./Answers.ts"
import { assetFiles } from "./AssetFiles.ts"
import { refusalFor, refused } from "./Guard.ts"
import { pageFiles } from "./PageFiles.ts"

/** Said with every answer, refusals too. */
const always = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer"
}

/** Serves the project that is open, and the page in a folder. */
export const httpApp = (page: string) =>
  Layer.unwrap(Effect.gen(function*() {
    const { address } = yield* HttpServer.HttpServer
    const port = NetAddress.isInetAddress(address) ? address.port : 0
    const rpc = yield* RpcServer.toHttpEffectWebsocket(Rpcs, { disableTracing: true })
    const filesOfAssets = yield* assetFiles
    const filesOfPage = yield* pageFiles(page)

    const answer = Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const refusal = refusalFor(request, port)
      if (refusal !== undefined) return refusal
      const [path = ""] = request.url.split("?")
      if (path.startsWith(filesPath)) return yield* filesOfAssets(path)
      if (path !== rpcPath) return filesOfPage(path)
      return request.headers["upgrade"]?.toLowerCase() === "websocket"
        ? yield* rpc
        : refused(426, "Questions come over a WebSocket.")
    })
    return HttpServer.serve(Effect.map(answer, HttpServerResponse.setHeaders(always)))
  })).pipe(Layer.provide(answers), Layer.provide(RpcSerialization.layerJson))
