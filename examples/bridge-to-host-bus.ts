/** Bridge to a host's bus: every event goes to a bus that the host had before, in its own words, next to a subscription. */
import { NodeRuntime } from "@effect/platform-node"
import { Context, Effect, Layer, PubSub, Stream } from "effect"
import {
  Command,
  functionSink,
  isTerminal,
  type PackerEvent,
  ProjectRuntime,
  pubSubSink,
  severalSinks
} from "prometeu-packer"
import { inFolder, memoryProject, SimulatedDisk, workspaceFiles } from "prometeu-packer/testing"

/** What goes over the bus of this host. */
type Message =
  | { readonly type: "busy"; readonly what: string }
  | { readonly type: "changed"; readonly roots: ReadonlyArray<string> }
  | { readonly type: "done"; readonly what: string; readonly ok: boolean }

/** The bus of this host. It is there before any project is opened. */
class HostBus extends Context.Service<HostBus, PubSub.PubSub<Message>>()("example/HostBus") {
  static readonly layer = Layer.effect(this, PubSub.unbounded<Message>())
}

/** An event in the words of the host: it is translated, nothing is made up. */
const translate = (event: PackerEvent): Message | undefined => {
  const what = event.summary
  if (event.kind === "progress_updated") return { type: "busy", what }
  if (event.kind === "asset_changed") return { type: "changed", roots: event.affected_assets.map(({ root }) => root) }
  return isTerminal(event) ? { type: "done", what, ok: event.kind === "action_applied" } : undefined
}

/** The bridge: a sink that needs the bus, so that a project cannot be opened before the bus is there. */
const bridge = functionSink((event) => {
  const message = translate(event)
  return message === undefined
    ? Effect.void
    : Effect.asVoid(Effect.flatMap(HostBus, (bus) => PubSub.publish(bus, message)))
})

const files = inFolder("/game", workspaceFiles({ "ui/atlas": { id: 1, manifest: { name: "atlas" } } }))

/** Runs the example; `say` gets each line it has to show. */
export const bridgeToHostBus = (say: (line: string) => void) =>
  Effect.gen(function*() {
    const bus = yield* HostBus
    const messages = yield* PubSub.subscribe(bus)
    const editor = Effect.gen(function*() {
      const packer = yield* ProjectRuntime
      yield* packer.execute(Command.setBuildParticipation({ asset: { id: 1 }, included: false }))
      yield* Effect.exit(packer.execute(Command.unregister({ asset: { id: 7 } })))
    })
    // Both get every event: the bridge, and the sink that others of the host subscribe to.
    const sinks = severalSinks(bridge, pubSubSink)
    const project = memoryProject({ disk: SimulatedDisk.of(files).disk })
    yield* Effect.provide(editor, Layer.provide(project, sinks))
    const isLast = (message: Message) => message.type === "done" && !message.ok
    yield* Stream.fromSubscription(messages).pipe(
      Stream.takeUntil(isLast),
      Stream.runForEach((message) => Effect.sync(() => say(JSON.stringify(message))))
    )
  }).pipe(Effect.scoped, Effect.provide(HostBus.layer))

if (import.meta.main) NodeRuntime.runMain(bridgeToHostBus(console.log))
