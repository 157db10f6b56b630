/** The server of the Studio, put together. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import { NetAddress } from "effect/net"
import { createServer } from "node:http"
import type { Socket } from "node:net"
import { ProjectId, pubSubSink } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"

import { httpApp } from "./HttpApp.ts"
import { OpenedProject } from "./OpenedProject.ts"

/** What is served, and where. */
export interface StudioServerOptions {
  readonly project: OpenedProject["Service"]
  /** The folder with the built page. */
  readonly page: string
  /** The port; 0 is any that is free. */
  readonly port: number
  readonly takeOver?: string | undefined
}

/** The most bytes of one question. */
const maxPayload = 16 * 1024 * 1024

/**
 * Serves a project that is open on 127.0.0.1, as long as the layer lives.
 *
 * At the end all connections are cut first. A page comes back by itself when there is a server again, and asks again what it
 * had no answer to; whereas to wait until every page has gone would be to wait for people.
 */
export const serving = ({ page, port, project }: Omit<StudioServerOptions, "takeOver">) =>
  Layer.suspend(() => {
    const connections = new Set<Socket>()
    const listen = () =>
      createServer().on("connection", (socket) => {
        connections.add(socket)
        socket.on("close", () => connections.delete(socket))
      })
    const cut = Effect.sync(() => {
      for (const socket of connections) socket.destroy()
    })
    return Layer.effectDiscard(Effect.addFinalizer(() => cut)).pipe(
      Layer.provideMerge(httpApp(page)),
      Layer.provideMerge(NodeHttpServer.layer(listen, {
        host: "127.0.0.1",
        port,
        disablePreemptiveShutdown: true,
        websocket: { maxPayload }
      })),
      Layer.provide(Layer.succeed(OpenedProject, project))
    )
  })

/**
 * Opens a project and serves it, as long as the layer lives. When it ends, pages are let go first, and then the project
 * finishes what it accepted and is closed.
 */
export const studioServer = ({ takeOver, ...options }: StudioServerOptions) =>
  serving(options).pipe(
    Layer.provide(Packer.layer({
      projectId: ProjectId.make(options.project.name),
      root: options.project.root,
      ...(takeOver === undefined ? {} : { takeOver })
    })),
    Layer.provide(pubSubSink)
  )

/** Where the server is. */
export const serverUrl = Effect.map(
  HttpServer.HttpServer,
  ({ address }) => `http://127.0.0.1:${NetAddress.isInetAddress(address) ? address.port : 0}`
)
