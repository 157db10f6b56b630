/** Planning a command on a snapshot: what has to be looked at on disk is looked at, and nothing else. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

import type { Command } from "../../domain/Command.ts"
import { looksOf } from "../../domain/commands/AllCommands.ts"
import { isAssetUuid } from "../../domain/Identity.ts"
import { rememberRegistry } from "../../domain/Patch.ts"
import { planSteps } from "../../domain/Plan.ts"
import { type FileState, type Observed, sameContent } from "../../domain/Seen.ts"
import type { Snapshot } from "../../domain/Snapshot.ts"
import type { Steps } from "../../domain/Steps.ts"
import { DurableCommitter } from "../../services/DurableCommitter.ts"
import { HostInfo } from "../../services/HostInfo.ts"
import { type Ground, Workspace } from "../../services/Workspace.ts"
import { makeBreather } from "../Breather.ts"

/** The snapshot that expects the registry file which the committer has written last. */
export const expecting = (snapshot: Snapshot, expected: FileState): Snapshot =>
  expected._tag !== "File" || sameContent(expected, snapshot.registryFacts.state)
    ? snapshot
    : rememberRegistry(snapshot, expected)

/** The same steps, each of them told. */
function* counted<A>(steps: Steps<A>, onStep: (count: number) => void): Steps<A> {
  let count = 0
  let step = steps.next()
  while (step.done !== true) {
    onStep(++count)
    yield
    step = steps.next()
  }
  return step.value
}

/** What is looked at once for commands that are planned right after each other. */
export interface Around {
  seen: {
    /** When the look began, in milliseconds since 1970. */
    readonly at: number
    readonly ground: Ground
    readonly registry: Effect.Success<DurableCommitter["Service"]["registryFile"]>
  } | undefined
}

/** What plans are made with. */
export const makePlanning = Effect.gen(function*() {
  const workspace = yield* Workspace
  const committer = yield* DurableCommitter
  const { uuid } = yield* HostInfo
  const look = Effect.gen(function*() {
    const at = yield* Clock.currentTimeMillis
    const ground = yield* workspace.ground
    return { at, ground, registry: yield* committer.registryFile }
  })
  const newUuid = Effect.flatMap(uuid, (text) =>
    isAssetUuid(text)
      ? Effect.succeed(text)
      : Effect.die(new Error(`HostInfo.uuid gives a uuid in lower case, not ${JSON.stringify(text)}.`)))

  return {
    /** Identities for a command that has to give some: one for each part. */
    newUuids: (command: Command): Effect.Effect<Observed["newUuids"]> =>
      command._tag === "batch"
        ? Effect.all(command.commands.map(() => newUuid))
        : Effect.map(newUuid, (uuid) => [uuid]),
    /** Looks at what the command needs to know, and plans it; also gives the snapshot that the plan was made on. */
    plan: Effect.fnUntraced(function*(
      snapshot: Snapshot,
      command: Command,
      newUuids: Observed["newUuids"],
      around: Around = { seen: undefined },
      onPart: (planned: number) => void = () => {}
    ) {
      const { ground, registry: { expected, found } } = around.seen ??= yield* look
      const seen = yield* workspace.observe(looksOf(snapshot, command), ground)
      const on = expecting(snapshot, expected)
      const breather = yield* makeBreather
      return {
        on,
        plan: yield* breather.run(counted(planSteps(on, command, { ...seen, registry: found, newUuids }), onPart))
      }
    })
  }
})

/** What plans are made with. */
export type Planning = Effect.Success<typeof makePlanning>
