/** Projects behind a server of the Studio: everything goes over a WebSocket on loopback. */
import { Deferred, Effect, Layer } from "effect"
import { Socket } from "effect/socket"
import * as childProcess from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { type OpeningError, type PackerEventSink, type ProjectRuntime, pubSubSink } from "prometeu-packer"
import { remoteProjectAt } from "../../examples/studio/client/remoteProjectAt.ts"
import { serverUrl, serving } from "../../examples/studio/server/StudioServer.ts"
import { rpcPath } from "../../examples/studio/shared/Paths.ts"
import { type MakeGround, onDisk } from "./Grounds.ts"

/** A folder with a page in it, as it would be built. */
const pageFolder = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = fs.realpathSync.native(fs.mkdtempSync(`${os.tmpdir()}/page-`))
    fs.writeFileSync(`${folder}/index.html`, "<!doctype html><title>Studio</title>")
    return folder
  }),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
)

/** A server for a project, as long as the scope lives; its address. */
export const serverFor = Effect.fnUntraced(
  function*(root: string, runtime: Layer.Layer<ProjectRuntime, OpeningError, PackerEventSink>, port?: number) {
    const page = yield* pageFolder
    const project = { root, name: "test-project", isDemo: false }
    const server = serving({ page, port: port ?? 0, project }).pipe(Layer.provide(runtime), Layer.provide(pubSubSink))
    return yield* Effect.provideContext(serverUrl, yield* Layer.build(Layer.fresh(server)))
  }
)

/** The project of a server, over sockets that are made in this way. */
export const projectOver = (
  url: string,
  sockets: Layer.Layer<Socket.WebSocketConstructor>,
  whenAnother: Effect.Effect<void> = Effect.void
) =>
  remoteProjectAt({ url: `${url.replace("http", "ws")}${rpcPath}`, whenAnother }).pipe(
    Layer.provide(sockets),
    Layer.fresh
  )

/** The project of a server. */
export const projectAt = (url: string) => projectOver(url, Socket.layerWebSocketConstructorGlobal)

/** Sockets that can be cut: those that are there are closed, and none comes through until it is mended. */
export const cuttable = () => {
  const open = new Set<WebSocket>()
  let isCut = false
  const sockets = Layer.succeed(Socket.WebSocketConstructor, (url) => {
    // Nobody listens at port 1.
    const socket = new WebSocket(isCut ? "ws://127.0.0.1:1/" : url)
    open.add(socket)
    socket.addEventListener("close", () => open.delete(socket))
    return socket
  })
  const cut = Effect.sync(() => {
    isCut = true
    for (const socket of open) socket.close()
  })
  const mend = Effect.sync(() => {
    isCut = false
  })
  return { sockets, cut, mend }
}

/** A project on the disk of this machine, behind a server. */
export const fromAfar: MakeGround = (files) =>
  Effect.map(onDisk(files), (ground) => ({
    ...ground,
    open: (options) =>
      Layer.unwrap(Effect.map(
        Effect.catchTag(serverFor(options?.root ?? ground.root, ground.open(options)), "ServeError", Effect.die),
        projectAt
      ))
  }))

/** A Studio in a process of its own. */
interface StudioProcess {
  /** Where it says that it is. */
  readonly url: string
  readonly port: number
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<number | null>
}

/** What a process said until it ended, and how it ended. */
export interface Ending {
  readonly code: number | null
  readonly out: string
  readonly error: string
}

const entry = path.join(import.meta.dirname, "studioProcess.ts")

const spawn = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
  const page = yield* pageFolder
  const child = childProcess.spawn(process.execPath, ["--conditions=prometeu-packer-source", entry, page, ...args])
  const said = { out: "", error: "" }
  const ended = yield* Deferred.make<number | null>()
  const url = yield* Deferred.make<string>()
  child.stderr.on("data", (text) => said.error += String(text))
  child.stdout.on("data", (text) => {
    said.out += String(text)
    const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(said.out) ?? []
    if (found !== undefined) Deferred.doneUnsafe(url, Effect.succeed(found))
  })
  child.on("close", (code) => Deferred.doneUnsafe(ended, Effect.succeed(code)))
  yield* Effect.addFinalizer(() => Effect.andThen(Effect.sync(() => child.kill("SIGKILL")), Deferred.await(ended)))
  return { child, ended: Deferred.await(ended), said, url: Deferred.await(url) }
})

/** Starts a Studio, and waits until it says where it is. */
export const startStudio = Effect.fnUntraced(function*(...args: Array<string>) {
  const { child, ended, said, url } = yield* spawn(args)
  const address = yield* Effect.raceFirst(
    url,
    Effect.flatMap(ended, () => Effect.die(new Error(`The Studio has ended: ${said.error}`)))
  )
  const started: StudioProcess = {
    url: address,
    port: Number(new URL(address).port),
    kill: (signal) => Effect.andThen(Effect.sync(() => child.kill(signal)), ended)
  }
  return started
})

/** Starts a Studio that does not get as far as that. */
export const endOfStudio = (...args: ReadonlyArray<string>) =>
  Effect.scoped(Effect.gen(function*() {
    const { ended, said } = yield* spawn(args)
    const ending: Ending = { code: yield* ended, ...said }
    return ending
  }))
