/** The project of the server, in the page that came from it. */
import { Effect, Layer } from "effect"
import { Socket } from "effect/socket"
import type { PackerEventSink, ProjectRuntime, ProjectSnapshot } from "prometeu-packer"

import type { Connection } from "../shared/Connection.ts"
import { rpcPath } from "../shared/Paths.ts"
import { remoteProjectAt } from "./remoteProjectAt.ts"

/** The project of the server that this page came from. */
export const remoteProject: Layer.Layer<ProjectRuntime | ProjectSnapshot | Connection, never, PackerEventSink> = Layer
  .suspend(() => {
    const { host, protocol } = globalThis.location
    return remoteProjectAt({
      url: `${protocol === "https:" ? "wss" : "ws"}://${host}${rpcPath}`,
      whenAnother: Effect.sync(() => globalThis.location.reload())
    })
  }).pipe(Layer.provide(Socket.layerWebSocketConstructorGlobal))
