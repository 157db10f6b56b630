/**
 * A lock as it is often written by hand: a folder, and a time at which it counts as forgotten. It is wrong, and only here
 * so that whoever looks for two holders of a lock can be seen to find them.
 */
import { Clock, Duration, Effect, Layer, Schedule } from "effect"
import * as fs from "node:fs"
import { ProjectLocked } from "../../../src/domain/OpeningErrors.ts"
import type { DiskError } from "../../../src/services/Disk.ts"
import { HostInfo } from "../../../src/services/HostInfo.ts"
import { ProjectFolder } from "../../../src/services/ProjectFolder.ts"
import { ProjectLock } from "../../../src/services/ProjectLock.ts"

/** How long a holder may be silent. */
const naivePatience = Duration.millis(60)

const touch = (path: string) =>
  Effect.flatMap(
    Clock.currentTimeMillis,
    (now) => Effect.ignore(Effect.try(() => fs.utimesSync(path, now / 1000, now / 1000)))
  )

const tryToMake = (path: string) => Effect.isSuccess(Effect.try(() => fs.mkdirSync(path)))

/** A lock that a stopped process, a clock that jumps, and two who find it forgotten at once, all break. */
export const naiveLock: Layer.Layer<ProjectLock, ProjectLocked | DiskError, HostInfo | ProjectFolder> = Layer.effect(
  ProjectLock,
  Effect.gen(function*() {
    const { self } = yield* HostInfo
    const { root } = yield* ProjectFolder
    const path = `${root}/naive`
    if (!(yield* tryToMake(path))) {
      const touched = fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
      const silence = (yield* Clock.currentTimeMillis) - touched
      const refused = new ProjectLocked({
        path: root,
        pid: 0,
        host: self.host,
        since: new Date(touched).toISOString(),
        nonce: "",
        outOfSight: false
      })
      if (silence < Duration.toMillis(naivePatience)) return yield* refused
      fs.rmSync(path, { recursive: true, force: true })
      if (!(yield* tryToMake(path))) return yield* refused
    }
    yield* Effect.addFinalizer(() => Effect.sync(() => fs.rmSync(path, { recursive: true, force: true })))
    yield* Effect.forkScoped(Effect.repeat(touch(path), Schedule.spaced(Duration.millis(10))))
    return ProjectLock.of({ unwritable: undefined, isHeld: Effect.succeed(true) })
  })
)
