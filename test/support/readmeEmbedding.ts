import { Console, Effect, Layer, Stream } from "effect"
import { Command, PackerEvents, ProjectId, ProjectRuntime, pubSubSink } from "prometeu-packer"
import * as Packer from "prometeu-packer/node"

const project = Packer.layer({ projectId: ProjectId.make("my-game"), root: "/work/my-game" })

const editor = Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  const events = yield* PackerEvents

  const create = Command.create({ root: "ui/atlas", name: "ui_atlas", family: "tile_bank" })
  const preview = yield* packer.preview(create) // what it would do, exactly; or every reason why not
  const outcome = yield* packer.execute(create, { expecting: preview }) // durable and visible, or nothing happened

  const { assets } = yield* packer.listAssets()
  yield* Console.log(assets.map(({ registration, root }) => `${root} is ${registration}`))

  const told = yield* events.operation(outcome.operationId)
  yield* Stream.runForEach(told, ({ kind, summary }) => Console.log(kind, summary))
})

await Effect.runPromise(Effect.scoped(Effect.provide(editor, Layer.provideMerge(project, pubSubSink))))
