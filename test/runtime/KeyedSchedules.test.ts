/** Many projects in one host, with everything that can be done to them in any order and at any step. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, Scheduler, type Scope } from "effect"
import { TestClock } from "effect/testing"
import type { OpeningError } from "../../src/domain/OpeningErrors.ts"
import type { ProjectStatus } from "../../src/domain/Status.ts"
import { DiskError } from "../../src/services/Disk.ts"
import type { ProjectRuntime } from "../../src/services/ProjectRuntime.ts"
import type { ProjectKey, ProjectRuntimes } from "../../src/services/ProjectRuntimes.ts"
import { seeded } from "../../src/testing/Seeded.ts"
import {
  type GroundOptions,
  grounds,
  idle,
  locked,
  one,
  rename,
  start,
  statuses,
  tagOf,
  turns,
  two
} from "../support/Projects.ts"

const seed = Number(process.env["SEED"] ?? 2_301)
const rounds = Number(process.env["ROUNDS"] ?? 20)

/** What can come after a status. */
const after: Readonly<Record<ProjectStatus["_tag"], ReadonlyArray<ProjectStatus["_tag"]>>> = {
  closed: ["opening"],
  opening: ["ready", "read-only", "closed"],
  ready: ["read-only", "closing"],
  "read-only": ["ready", "read-only", "closing"],
  closing: ["closed"]
}

describe("projects by key", () => {
  it.effect("neither block, nor leave a lock, nor are opened twice, whatever is done in whatever order", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      const below = (limit: number) => Math.floor(random() * limit)
      const wait = Effect.suspend(() => Effect.repeat(Effect.yieldNow, { times: below(30) }))
      const done = new Map<string, number>()
      const count = (what: string) => done.set(what, (done.get(what) ?? 0) + 1)

      let failing = 0
      const fail = (more: number) => Effect.sync(() => failing += more)
      const around: GroundOptions["around"] = (call, run) =>
        Effect.andThen(
          Effect.suspend(() => random() < 0.2 ? wait : Effect.void),
          Effect.suspend(() => {
            const { path } = call
            const isFound = failing === 0 || call.call !== "list" || (path !== one.root && path !== two.root)
            return isFound ? run : Effect.fail(new DiskError({ call: "list", path, errno: "EACCES" }))
          })
        )
      const use = (runtime: ProjectRuntime["Service"]) =>
        Effect.andThen(wait, tagOf(runtime.execute(rename(`n${below(1e6)}`))))
      /** A project that says the same before and after is told to be like that. */
      const looksAt = Effect.fnUntraced(function*(projects: ProjectRuntimes["Service"], key: ProjectKey) {
        const runtime = yield* projects.get(key)
        yield* wait
        const before = yield* runtime.status
        const status = yield* projects.status(key)
        const { _tag } = yield* runtime.status
        if (before._tag === _tag && _tag !== "closed") assert.strictEqual(status._tag, _tag)
        return _tag
      })
      type Act = readonly [what: string, run: Effect.Effect<string, OpeningError, Scope.Scope>]
      const actsOn = (projects: ProjectRuntimes["Service"], key: ProjectKey): ReadonlyArray<Act> => [
        ["get", Effect.flatMap(projects.get(key), use)],
        ["get", Effect.flatMap(projects.get(key), use)],
        ["get", Effect.flatMap(projects.get(key), use)],
        ["reopen", Effect.flatMap(projects.reopen(key), use)],
        ["release", Effect.as(projects.release(key), "success")],
        ["close", Effect.as(Effect.flatMap(projects.get(key), ({ close }) => close), "success")],
        ["idle", Effect.as(TestClock.adjust(idle), "success")],
        ["status", looksAt(projects, key)],
        ["fail", Effect.acquireUseRelease(fail(1), () => tagOf(projects.get(key)), () => fail(-1))]
      ]
      const actor = Effect.fnUntraced(function*(projects: ProjectRuntimes["Service"], name: string) {
        for (let act = 0; act < 6; act++) {
          const acts = actsOn(projects, random() < 0.7 ? one : two)
          const [what, run] = acts[below(acts.length)] ?? ["nothing", Effect.succeed("success")]
          const running = yield* Effect.forkChild(Effect.scoped(run))
          yield* wait
          const isCut = random() < 0.3
          if (isCut) yield* Fiber.interrupt(running)
          const exit = yield* Fiber.await(running)
          const error = Option.getOrUndefined(Exit.findErrorOption(exit))
          if (Exit.isSuccess(exit)) count(`${what}: ${exit.value}`)
          else if (error?._tag === "ProjectUnreadable") count(`${what}: failed`)
          else if (isCut && Exit.hasInterrupts(exit)) count(`${what}: interrupted`)
          else assert.fail(`${what}: ${String(exit.cause)}, ${name}`)
        }
      })

      for (let round = 0; round < rounds; round++) {
        const name = `round ${round} of seed ${seed}`
        const steps = 3 + below(40)
        yield* grounds(({ projects }) =>
          Effect.gen(function*() {
            const told = yield* statuses(projects, one)
            yield* Effect.forEach([1, 2, 3, 4, 5], () => actor(projects, name), { concurrency: "unbounded" })
            for (const key of [one, two]) {
              yield* (yield* projects.get(key)).execute(rename("last"))
              assert.deepStrictEqual(yield* projects.status(key), { _tag: "ready" }, name)
            }
            yield* projects.release(one)
            yield* turns
            assert.isUndefined(done.get("fail: ProjectLocked"), name)
            assert.strictEqual(told.seen.at(-1), "closed", name)
            for (const [index, tag] of told.seen.slice(1).entries()) {
              assert.include(after[told.seen[index] ?? "closed"], tag, `${told.seen.join(" ")}, ${name}`)
            }
          }), { around }).pipe(Effect.provideService(Scheduler.MaxOpsBeforeYield, steps))
      }
      for (
        const what of [
          "get: success",
          "get: RuntimeClosed",
          "get: interrupted",
          "reopen: interrupted",
          "fail: ProjectUnreadable"
        ]
      ) {
        assert.isAtLeast(done.get(what) ?? 0, rounds / 10, what)
      }
    }))

  it.effect("leave nothing of an opening that is interrupted, at whatever step", () =>
    Effect.gen(function*() {
      const random = seeded(seed)
      for (let round = 0; round < rounds; round++) {
        const after = Math.floor(random() * 1_000)
        yield* grounds(({ memory, projects }) =>
          Effect.gen(function*() {
            const asking = yield* start(projects.get(one))
            yield* Effect.repeat(Effect.yieldNow, { times: after })
            yield* Fiber.interrupt(asking)
            const { _tag } = yield* projects.status(one)
            const isOpen = _tag === "ready"
            assert.strictEqual(_tag, isOpen ? "ready" : "closed", `after ${after} turns`)
            assert.deepStrictEqual(locked(memory), isOpen ? ["/one"] : [], `after ${after} turns`)
            yield* (yield* projects.get(one)).execute(rename("next"))
          })
        ).pipe(Effect.provideService(Scheduler.MaxOpsBeforeYield, 3))
      }
    }))
})
