/** Many projects in one host: opened on first use, shared, closed when idle, and never open twice. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Fiber, Latch, Layer, Scope, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as fs from "node:fs"
import * as os from "node:os"
import type { PackerEvent } from "../../src/domain/Event.ts"
import { ProjectUnreadable } from "../../src/domain/OpeningErrors.ts"
import { layerProjects } from "../../src/layers/NodeProjects.ts"
import { defaultPackerSettings, PackerConfig } from "../../src/services/PackerConfig.ts"
import { PackerEventSink } from "../../src/services/PackerEventSink.ts"
import { ProjectRuntimes } from "../../src/services/ProjectRuntimes.ts"
import { CollectedEvents, collectingSink } from "../../src/testing/CollectingSink.ts"
import { memoryProject } from "../../src/testing/MemoryProject.ts"
import {
  grounds,
  idle,
  keyOf,
  locked,
  one,
  rename,
  scanOf,
  start,
  statuses,
  tagOf,
  turns,
  two,
  unlocking
} from "../support/Projects.ts"

describe("projects by key", () => {
  it.effect("are opened on first use, and shared", () =>
    grounds(({ memory, openings, projects }) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
        assert.deepStrictEqual(openings, [])
        const [first, second] = yield* Effect.all([projects.get(one), projects.get(one)], { concurrency: 2 })
        const third = yield* projects.get(one)
        assert.deepStrictEqual([second.openingId, third.openingId], [first.openingId, first.openingId])
        assert.strictEqual(first.projectId, one.projectId)
        assert.deepStrictEqual(openings, ["/one"])
        assert.deepStrictEqual(locked(memory), ["/one"])
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "ready" })
      })
    ))

  it.effect("do not touch each other", () =>
    grounds(({ memory, projects }) =>
      Effect.gen(function*() {
        const events = yield* CollectedEvents
        const [a, b] = yield* Effect.all([projects.get(one), projects.get(two)])
        const before = memory.text("/two/assets/ui/atlas/asset.json")
        const told = (yield* events.all).length
        yield* a.execute(rename("changed"))
        yield* a.flush
        assert.strictEqual(memory.text("/two/assets/ui/atlas/asset.json"), before)
        assert.include(memory.text("/one/assets/ui/atlas/asset.json") ?? "", "changed")
        assert.strictEqual((yield* b.listAssets()).generation, 1)
        const ofA = (yield* events.all).slice(told)
        assert.deepStrictEqual(new Set(ofA.map((event: PackerEvent) => event.project_id)), new Set([one.projectId]))
        yield* projects.release(one)
        assert.deepStrictEqual(yield* projects.status(two), { _tag: "ready" })
        yield* b.execute(rename("too"))
        const last = (yield* events.all).at(-1)
        assert.deepStrictEqual([last?.project_id, last?.opening_id], [two.projectId, b.openingId])
      })
    ))

  it.effect("are one by whatever path the folder is named, and not two by two ids", () =>
    grounds(({ memory, openings, projects }) =>
      Effect.gen(function*() {
        memory.putLink("/link", "/one")
        memory.putLink("/by/way", "/link")
        const { openingId } = yield* projects.get(keyOf("one", "/by/way"))
        for (const root of ["/one", "/link", "/by/way"]) {
          assert.strictEqual((yield* projects.get(keyOf("one", root))).openingId, openingId)
          assert.deepStrictEqual(yield* projects.status(keyOf("one", root)), { _tag: "ready" })
        }
        assert.deepStrictEqual(openings, ["/one"])
        const refused = yield* Effect.flip(projects.get(keyOf("other", "/link")))
        assert.strictEqual(refused._tag, "ProjectLocked")
        assert.strictEqual(refused.path, "/one")
        yield* projects.release(keyOf("one", "/link"))
        assert.strictEqual((yield* projects.get(keyOf("other", "/link"))).projectId, "other")
      })
    ))

  it.effect("are closed where there is no folder, and open where one has come", () =>
    grounds(({ memory, openings, projects }) =>
      Effect.gen(function*() {
        memory.putFolder("/some")
        memory.putLink("/way", "/some")
        const three = keyOf("three", "/way/where/three")
        const { seen, until } = yield* statuses(projects, three)
        for (const open of [projects.get, projects.reopen]) {
          const error = yield* Effect.flip(open(three))
          assert.deepStrictEqual(error, new ProjectUnreadable({ path: three.root, errno: "ENOENT" }))
        }
        yield* projects.release(three)
        assert.deepStrictEqual(yield* projects.status(three), { _tag: "closed" })
        assert.deepStrictEqual(openings, [])
        memory.putFolder("/some/where/three")
        yield* projects.get(three)
        yield* until(3)
        assert.deepStrictEqual(seen, ["closed", "opening", "ready"])
        // It is still the same project when its folder is gone.
        memory.remove("/some")
        assert.notStrictEqual((yield* projects.status(three))._tag, "closed")
        yield* projects.release(three)
        assert.deepStrictEqual(yield* projects.status(three), { _tag: "closed" })
      })
    ))

  it.effect("have the services of the layer, whoever asks for them first", () =>
    grounds(({ projects }) =>
      Effect.gen(function*() {
        const foreign = PackerEventSink.of({ publish: () => Effect.die("not this sink") })
        const runtime = yield* projects.get(one).pipe(
          Effect.provideService(PackerEventSink, foreign),
          Effect.provideService(PackerConfig, { ...defaultPackerSettings, manifestLimit: 1 })
        )
        // With the other limit there would be no manifest to change.
        yield* runtime.execute(rename("told"))
        assert.isAbove((yield* (yield* CollectedEvents).all).length, 1)
      })
    ))
})

describe("an idle project", () => {
  it.effect("is closed when nobody has used it for long enough", () =>
    grounds(({ memory, openings, projects }) =>
      Effect.gen(function*() {
        const { seen, until } = yield* statuses(projects, one)
        const use = Effect.scoped(Effect.map(projects.get(one), ({ openingId }) => openingId))
        const first = yield* use
        yield* TestClock.adjust(Duration.minutes(4))
        assert.strictEqual(yield* use, first)
        yield* TestClock.adjust(Duration.minutes(4))
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "ready" })
        yield* TestClock.adjust(Duration.minutes(1))
        yield* until(5)
        assert.deepStrictEqual(seen, ["closed", "opening", "ready", "closing", "closed"])
        assert.deepStrictEqual(locked(memory), [])
        assert.notStrictEqual(yield* use, first)
        assert.deepStrictEqual(openings, ["/one", "/one"])
      })
    ))

  it.effect("stays open as long as somebody has it", () =>
    grounds(({ projects }) =>
      Effect.gen(function*() {
        const runtime = yield* projects.get(one)
        yield* Effect.scoped(projects.get(one))
        yield* TestClock.adjust(Duration.hours(1))
        yield* runtime.execute(rename("open"))
      })
    ))

  it.effect("is opened again by who asks while it is being closed, after that", () =>
    grounds(({ faulty, memory, openings, projects }) =>
      Effect.gen(function*() {
        const first = yield* Effect.scoped(Effect.map(projects.get(one), ({ openingId }) => openingId))
        const gate = faulty.gate(unlocking)
        yield* TestClock.adjust(idle)
        yield* gate.reached
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closing" })
        const asking = yield* start(projects.get(one))
        const releasing = yield* start(projects.release(two))
        yield* Fiber.join(releasing)
        yield* turns
        assert.deepStrictEqual(openings, ["/one"])
        yield* gate.open
        const again = yield* Fiber.join(asking)
        assert.notStrictEqual(again.openingId, first)
        assert.deepStrictEqual(locked(memory), ["/one"])
        yield* again.execute(rename("again"))
      })
    ))

  it.effect("is closed at once where the host says so", () =>
    grounds(({ memory, projects }) =>
      Effect.gen(function*() {
        yield* Effect.scoped(projects.get(one))
        assert.deepStrictEqual(locked(memory), [])
        yield* Effect.scoped(projects.get(one))
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
      }), { idleTimeToLive: Duration.zero }))
})

describe("the end of the layer", () => {
  it.effect("closes everything, and ends what is told", () =>
    grounds(({ end, memory, projects }) =>
      Effect.gen(function*() {
        const told = yield* statuses(projects, one)
        const [a, b] = yield* Effect.all([projects.get(one), projects.get(two)])
        yield* end
        yield* Fiber.join(told.read)
        assert.deepStrictEqual(told.seen, ["closed", "opening", "ready", "closing", "closed"])
        assert.deepStrictEqual(locked(memory), [])
        for (const runtime of [a, b]) assert.strictEqual(yield* tagOf(runtime.execute(rename("no"))), "RuntimeClosed")
      })
    ))

  it.effect("closes all at once", () =>
    grounds(({ end, faulty, projects }) =>
      Effect.gen(function*() {
        yield* Effect.all([projects.get(one), projects.get(two)])
        const gates = [one, two].map(({ root }) => faulty.gate((call) => unlocking(call) && call.path.startsWith(root)))
        const ending = yield* start(end)
        for (const gate of gates) yield* gate.reached
        for (const gate of gates) yield* gate.open
        yield* Fiber.join(ending)
      })
    ))

  it.effect("interrupts what is being opened, and who waits for it", () =>
    grounds(({ end, faulty, memory, projects }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(scanOf("/one"))
        const asking = yield* start(projects.get(one))
        yield* gate.reached
        const ending = yield* start(end)
        yield* gate.open
        yield* Fiber.join(ending)
        assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(asking)))
        assert.deepStrictEqual(locked(memory), [])
        assert.isTrue(Exit.hasInterrupts(yield* Effect.exit(projects.get(one))))
      })
    ))
})

describe("an opening that fails", () => {
  it.effect("fails for all who wait for it, and is not remembered", () =>
    grounds(({ faulty, openings, projects }) =>
      Effect.gen(function*() {
        const told = yield* statuses(projects, one)
        const gate = faulty.gate(({ call, path }) => call === "list" && path === "/one")
        faulty.failWhere(({ call, path }) => call === "list" && path === "/one" ? "EACCES" : undefined)
        const asking = yield* Effect.forEach(Array.from({ length: 5 }), () => start(Effect.flip(projects.get(one))))
        yield* gate.reached
        yield* gate.open
        const errors = yield* Effect.forEach(asking, (fiber) => Fiber.join(fiber))
        assert.deepStrictEqual(errors.map(({ _tag }) => _tag), Array.from(errors, () => "ProjectUnreadable"))
        assert.deepStrictEqual(openings, ["/one"])
        assert.strictEqual((yield* Effect.flip(projects.get(one)))._tag, "ProjectUnreadable")
        faulty.heal()
        yield* (yield* projects.get(one)).execute(rename("mended"))
        assert.deepStrictEqual(openings, ["/one", "/one", "/one"])
        yield* told.until(7)
        assert.deepStrictEqual(told.seen, ["closed", "opening", "closed", "opening", "closed", "opening", "ready"])
      })
    ))

  it.effect("does not fail whoever asks when it is known", () =>
    grounds(({ faulty, projects }) =>
      Effect.gen(function*() {
        faulty.failWhere(({ call, path }) => call === "list" && path === "/one" ? "EACCES" : undefined)
        const later = yield* Effect.flip(projects.get(one)).pipe(
          Effect.tap(() => Effect.sync(faulty.heal)),
          Effect.andThen(projects.get(one)),
          start
        )
        const others = yield* Effect.forEach(Array.from({ length: 5 }), () => start(tagOf(projects.get(one))))
        const runtime = yield* Fiber.join(later)
        yield* Effect.forEach(others, (fiber) => Fiber.join(fiber))
        assert.deepStrictEqual(yield* runtime.status, { _tag: "ready" })
      })
    ))

  it.effect("because another runtime has the project, ends with that", () =>
    grounds(({ faulty, projects }) =>
      Effect.gen(function*() {
        const elsewhere = yield* Scope.make()
        yield* Layer.buildWithScope(
          memoryProject({ disk: faulty.disk, ...one, prefix: "elsewhere" }),
          elsewhere
        )
        assert.strictEqual(yield* tagOf(projects.get(one)), "ProjectLocked")
        assert.strictEqual(yield* tagOf(projects.reopen(one)), "ProjectLocked")
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
        yield* Scope.close(elsewhere, Exit.void)
        assert.strictEqual(yield* tagOf(projects.get(one)), "success")
      })
    ))
})

describe("an opening whose asker is interrupted", () => {
  it.effect("releases everything, also where the scope goes on", () =>
    grounds(({ faulty, memory, openings, projects }) =>
      Effect.gen(function*() {
        const told = yield* statuses(projects, one)
        for (const round of [1, 2]) {
          const gate = faulty.gate(scanOf("/one"))
          const asking = yield* start(projects.get(one))
          yield* gate.reached
          assert.deepStrictEqual(yield* projects.status(one), { _tag: "opening" })
          assert.deepStrictEqual(locked(memory), ["/one"])
          const interrupting = yield* start(Fiber.interrupt(asking))
          yield* gate.open
          yield* Fiber.join(interrupting)
          assert.deepStrictEqual(locked(memory), [])
          assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
          assert.strictEqual(openings.length, round)
        }
        yield* projects.get(one)
        yield* told.until(7)
        assert.deepStrictEqual(told.seen, ["closed", "opening", "closed", "opening", "closed", "opening", "ready"])
      })
    ))

  it.effect("goes on for the others", () =>
    grounds(({ faulty, openings, projects }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(scanOf("/one"))
        const [first, second] = [yield* start(projects.get(one)), yield* start(projects.get(one))]
        yield* gate.reached
        yield* Fiber.interrupt(first)
        yield* gate.open
        yield* (yield* Fiber.join(second)).execute(rename("still"))
        assert.deepStrictEqual(openings, ["/one"])
      })
    ))

  it.effect("is not joined by who asks while it is given up", () =>
    grounds(({ faulty, openings, projects }) =>
      Effect.gen(function*() {
        const gate = faulty.gate(scanOf("/one"))
        const first = yield* start(projects.get(one))
        yield* gate.reached
        const interrupting = yield* start(Fiber.interrupt(first))
        yield* turns
        const second = yield* start(projects.get(one))
        yield* gate.open
        yield* Fiber.join(interrupting)
        yield* (yield* Fiber.join(second)).execute(rename("fresh"))
        assert.deepStrictEqual(openings, ["/one", "/one"])
      })
    ))
})

describe("reopen and release", () => {
  it.effect("close for all who borrow", () =>
    grounds(({ memory, openings, projects }) =>
      Effect.gen(function*() {
        const told = yield* statuses(projects, one)
        const [first, same] = yield* Effect.all([projects.get(one), projects.get(one)])
        yield* first.execute(rename("before"))
        const second = yield* projects.reopen(one)
        assert.notStrictEqual(second.openingId, first.openingId)
        for (const old of [first, same]) {
          assert.strictEqual(yield* tagOf(old.execute(rename("old"))), "RuntimeClosed")
          assert.strictEqual((yield* old.listAssets()).generation, 2)
        }
        assert.strictEqual((yield* projects.get(one)).openingId, second.openingId)
        yield* second.execute(rename("after"))
        yield* projects.release(one)
        assert.strictEqual(yield* tagOf(second.execute(rename("old"))), "RuntimeClosed")
        assert.deepStrictEqual(locked(memory), [])
        yield* projects.release(one)
        assert.deepStrictEqual(openings, ["/one", "/one"])
        const third = yield* projects.reopen(one)
        yield* third.execute(rename("third"))
        yield* told.until(11)
        const life = ["opening", "ready", "closing", "closed"]
        assert.deepStrictEqual(told.seen, ["closed", ...life, ...life, "opening", "ready"])
      })
    ))

  it.effect("lend to the scope of who reopened", () =>
    grounds(({ projects }) =>
      Effect.gen(function*() {
        yield* Effect.scoped(projects.reopen(one))
        yield* TestClock.adjust(idle)
        yield* turns
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
        const kept = yield* projects.reopen(one)
        yield* TestClock.adjust(Duration.hours(1))
        yield* kept.execute(rename("kept"))
      })
    ))

  for (const action of ["reopen", "release"] as const) {
    it.effect(`${action} in the middle has others wait for the new one`, () =>
      grounds(({ faulty, openings, projects }) =>
        Effect.gen(function*() {
          const old = yield* projects.get(one)
          const gate = faulty.gate(unlocking)
          const closing = yield* start(projects[action](one))
          yield* gate.reached
          const asking = yield* start(projects.get(one))
          const again = yield* start(projects.release(one))
          yield* turns
          assert.isUndefined(asking.pollUnsafe())
          assert.isUndefined(again.pollUnsafe())
          assert.deepStrictEqual(openings, ["/one"])
          yield* gate.open
          yield* Fiber.join(again)
          yield* Fiber.join(closing)
          const fresh = yield* Fiber.join(asking)
          assert.notStrictEqual(fresh.openingId, old.openingId)
          yield* fresh.execute(rename("fresh"))
          assert.deepStrictEqual(openings, ["/one", "/one"])
        })
      ))

    it.effect(`${action} while it is being opened closes that, and who waited gets the next one`, () =>
      grounds(({ faulty, openings, projects }) =>
        Effect.gen(function*() {
          const gate = faulty.gate(scanOf("/one"))
          const asking = yield* start(projects.get(one))
          yield* gate.reached
          const acting = yield* start(projects[action](one))
          yield* turns
          yield* gate.open
          yield* Fiber.join(acting)
          yield* (yield* Fiber.join(asking)).execute(rename("next"))
          assert.deepStrictEqual(openings, ["/one", "/one"])
        })
      ))

    it.effect(`${action} that is interrupted leaves nothing half closed`, () =>
      grounds(({ faulty, memory, projects }) =>
        Effect.gen(function*() {
          const old = yield* projects.get(one)
          const gate = faulty.gate(unlocking)
          const acting = yield* start(projects[action](one))
          yield* gate.reached
          const interrupting = yield* start(Fiber.interrupt(acting))
          const closing = yield* start(old.close)
          yield* turns
          assert.isUndefined(closing.pollUnsafe())
          yield* gate.open
          yield* Fiber.join(interrupting)
          yield* Fiber.join(closing)
          assert.deepStrictEqual(locked(memory), [])
          yield* (yield* projects.get(one)).execute(rename("next"))
        })
      ))
  }

  it.effect("give two who reopen at once the same new one", () =>
    grounds(({ faulty, openings, projects }) =>
      Effect.gen(function*() {
        const old = yield* projects.get(one)
        const gate = faulty.gate(unlocking)
        const [first, second] = [yield* start(projects.reopen(one)), yield* start(projects.reopen(one))]
        yield* gate.reached
        yield* gate.open
        const [a, b] = [yield* Fiber.join(first), yield* Fiber.join(second)]
        assert.strictEqual(a.openingId, b.openingId)
        assert.notStrictEqual(a.openingId, old.openingId)
        yield* a.execute(rename("both"))
        assert.deepStrictEqual(openings, ["/one", "/one"])
      })
    ))

  it.effect("begin anew where somebody has begun before", () =>
    grounds(({ faulty, openings, projects }) =>
      Effect.gen(function*() {
        yield* projects.get(one)
        const gate = faulty.gate(scanOf("/one"))
        const first = yield* start(projects.reopen(one))
        yield* gate.reached
        const second = yield* start(projects.reopen(one))
        yield* gate.open
        const [a, b] = [yield* Fiber.join(first), yield* Fiber.join(second)]
        assert.strictEqual(a.openingId, b.openingId)
        yield* a.execute(rename("both"))
        assert.deepStrictEqual(openings, ["/one", "/one", "/one"])
      })
    ))

  it.effect("fail where it cannot be opened again, and have closed it", () =>
    grounds(({ memory, projects }) =>
      Effect.gen(function*() {
        const old = yield* projects.get(one)
        memory.remove("/one")
        assert.strictEqual(yield* tagOf(projects.reopen(one)), "ProjectUnreadable")
        assert.strictEqual(yield* tagOf(old.execute(rename("old"))), "RuntimeClosed")
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
      })
    ))
})

describe("a runtime that a borrower closed", () => {
  it.effect("is not handed out again", () =>
    grounds(({ faulty, memory, openings, projects }) =>
      Effect.gen(function*() {
        const first = yield* projects.get(one)
        const gate = faulty.gate(unlocking)
        const closing = yield* start(first.close)
        yield* gate.reached
        const asking = yield* start(projects.get(one))
        yield* turns
        assert.deepStrictEqual(openings, ["/one"])
        yield* gate.open
        yield* Fiber.join(closing)
        const second = yield* Fiber.join(asking)
        assert.notStrictEqual(second.openingId, first.openingId)
        yield* second.close
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "closed" })
        assert.deepStrictEqual(locked(memory), [])
        yield* first.close
        const third = yield* projects.get(one)
        yield* second.close
        yield* third.execute(rename("third"))
      })
    ))
})

describe("the status", () => {
  it.effect("follows what the runtime says", () =>
    grounds(({ faulty, memory, projects }) =>
      Effect.gen(function*() {
        const registry = "/one/assets/.prometeu/index.json"
        const good = memory.text(registry) ?? ""
        memory.put(registry, "{")
        const told = yield* statuses(projects, one)
        const runtime = yield* projects.get(one)
        assert.deepStrictEqual(yield* projects.status(one), yield* runtime.status)
        memory.put(registry, good)
        yield* runtime.refresh()
        assert.deepStrictEqual(yield* projects.status(one), { _tag: "ready" })
        faulty.failWhere(({ call }) => call === "flushData" || call === "flush" ? "EIO" : undefined)
        yield* tagOf(runtime.execute(rename("uncertain")))
        assert.strictEqual((yield* projects.status(one))._tag, "read-only")
        // Whoever comes now begins with that.
        const late = yield* statuses(projects, one)
        faulty.heal()
        yield* projects.reopen(one)
        yield* told.until(9)
        const rest = ["read-only", "closing", "closed", "opening", "ready"]
        assert.deepStrictEqual(told.seen, ["closed", "opening", "read-only", "ready", ...rest])
        yield* late.until(5)
        assert.deepStrictEqual(late.seen, rest)
      })
    ))

  it.effect("of a reader who is too slow skips the oldest", () =>
    grounds(({ projects }) =>
      Effect.gen(function*() {
        const read = yield* Latch.make()
        const reached = yield* Latch.make()
        const reading = yield* projects.statusChanges(one).pipe(
          Stream.tap(() => Effect.andThen(reached.open, read.await)),
          Stream.map(({ _tag }) => _tag),
          Stream.takeUntil((tag) => tag === "ready"),
          Stream.runCollect,
          Effect.forkScoped
        )
        yield* reached.await
        for (let round = 0; round < 100; round++) yield* Effect.scoped(projects.reopen(one))
        yield* projects.release(one)
        yield* read.open
        const seen = yield* Fiber.join(reading)
        assert.isAtMost(seen.length, 66)
      })
    ))
})

describe("projects on the disk of Node", () => {
  it.live("are the same", () =>
    Effect.gen(function*() {
      const root = yield* Effect.acquireRelease(
        Effect.sync(() => fs.mkdtempSync(`${os.tmpdir()}/projects-`)),
        (root) => Effect.sync(() => fs.rmSync(root, { recursive: true }))
      )
      fs.mkdirSync(`${root}/real`)
      fs.symlinkSync(`${root}/real`, `${root}/link`)
      yield* Effect.gen(function*() {
        const projects = yield* ProjectRuntimes
        const real = yield* projects.get(keyOf("one", `${root}/real`))
        const link = yield* projects.get(keyOf("one", `${root}/link`))
        assert.strictEqual(link.openingId, real.openingId)
        assert.strictEqual(yield* tagOf(projects.get(keyOf("two", `${root}/link`))), "ProjectLocked")
        yield* projects.reopen(keyOf("one", `${root}/link`))
        assert.strictEqual(yield* tagOf(real.flush), "RuntimeClosed")
      }).pipe(Effect.scoped, Effect.provide(Layer.provide(layerProjects, collectingSink)))
    }))
})
