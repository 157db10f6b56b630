/**
 * A process that wants the lock of a project: `lockChild.ts <root> <kind>`, with a kind out of `kinds`.
 *
 * It answers each line on its standard input with a line of JSON on its standard output: `take` or `take <root>` with what
 * came of it, `check` with whether it still holds it, `release` and `clock <milliseconds>` when that is done. At first it
 * says that it is `ready`.
 */
import { Clock, Context, Effect, Exit, Layer, Scope } from "effect"
import { createInterface } from "node:readline"
import type { ProjectLocked } from "../../../src/domain/OpeningErrors.ts"
import { folderLock } from "../../../src/layers/FolderLock.ts"
import { nodeDisk } from "../../../src/layers/NodeDisk.ts"
import { nodeHostInfo } from "../../../src/layers/NodeHostInfo.ts"
import type { Disk, DiskError } from "../../../src/services/Disk.ts"
import type { HostInfo } from "../../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../../src/services/ProjectLock.ts"
import type { LockAnswer } from "./LockProcess.ts"
import { naiveLock } from "./NaiveLock.ts"

type LockLayer = Layer.Layer<ProjectLock, ProjectLocked | DiskError, Disk | HostInfo | ProjectFolder>

const kinds: Readonly<Record<string, LockLayer>> = { folder: folderLock(), naive: naiveLock }

const [ownRoot = "", kind = ""] = process.argv.slice(2)
const lockOfKind: LockLayer = kinds[kind] ?? Layer.effect(ProjectLock, Effect.die(`no lock is called "${kind}"`))

let scope = Scope.makeUnsafe()
let lock: ProjectLock["Service"] | undefined
/** How far the clock of this process is from that of the machine. */
let ahead = 0

const machineClock = Effect.runSync(Clock.Clock)
const millis = () => machineClock.currentTimeMillisUnsafe() + ahead
const nanos = () => machineClock.currentTimeNanosUnsafe() + BigInt(ahead) * 1_000_000n
const clock: Clock.Clock = {
  sleep: (duration) => machineClock.sleep(duration),
  currentTimeMillisUnsafe: millis,
  currentTimeMillis: Effect.sync(millis),
  currentTimeNanosUnsafe: nanos,
  currentTimeNanos: Effect.sync(nanos),
  monotonicTimeNanosUnsafe: () => machineClock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: machineClock.monotonicTimeNanos
}

const done: LockAnswer = { _tag: "Done" }

const take = (root: string): Effect.Effect<LockAnswer> =>
  Effect.suspend(() => {
    scope = Scope.makeUnsafe()
    const layer = Layer.provide(lockOfKind, [nodeDisk, nodeHostInfo, ProjectFolder.layer(root)])
    return Layer.buildWithScope(Layer.fresh(layer), scope)
  }).pipe(
    Effect.map((context): LockAnswer => {
      lock = Context.get(context, ProjectLock)
      return { _tag: "Held" }
    }),
    Effect.catchTags({
      ProjectLocked: ({ outOfSight, pid, since }) =>
        Effect.succeed<LockAnswer>({ _tag: "Locked", pid, since, outOfSight }),
      DiskError: ({ message }) => Effect.succeed<LockAnswer>({ _tag: "Failed", message })
    })
  )

const commands: Readonly<Record<string, (argument: string) => Effect.Effect<LockAnswer, DiskError>>> = {
  take: (root) => take(root === "" ? ownRoot : root),
  check: () =>
    Effect.map(
      Effect.suspend(() => lock?.isHeld ?? Effect.succeed(false)),
      (isHeld): LockAnswer => ({ _tag: "Check", isHeld })
    ),
  release: () =>
    Effect.suspend(() => {
      lock = undefined
      return Effect.as(Scope.close(scope, Exit.void), done)
    }),
  clock: (milliseconds) =>
    Effect.sync(() => {
      ahead = Number(milliseconds)
      return done
    })
}

const say = (answer: LockAnswer) => process.stdout.write(`${JSON.stringify(answer)}\n`)

say({ _tag: "Ready" })
for await (const line of createInterface({ input: process.stdin })) {
  const [name = "", argument = ""] = line.split(" ")
  const command = commands[name] ?? (() => Effect.die(`what is "${line}"?`))
  say(await Effect.runPromise(Effect.provideService(command(argument), Clock.Clock, clock)))
}
