/** The spans of the packer: which there are, and how something runs in one. */
import * as Effect from "effect/Effect"
import type { ParentSpan, Span, SpanOptionsNoTrace } from "effect/Tracer"

/** One kind of span. */
export interface SpanRow {
  /** What it lasts for. */
  readonly meaning: string
  /** What it carries. */
  readonly attributes: ReadonlyArray<string>
}

/** Every span there is; a test holds the names against the code that makes them, and the docs are written from it. */
export const spanTable = {
  "packer.open": {
    meaning: "opening a project, behind its lock and its journal, until it can be read",
    attributes: ["project", "operation_id", "command", "generation", "assets"]
  },
  "packer.scan": { meaning: "reading the whole workspace, when opening or refreshing", attributes: [] },
  "packer.execute": {
    meaning: "an operation, from its turn to its answer; a child of the span of whoever asked for it",
    attributes: ["project", "operation_id", "command", "generation"]
  },
  "packer.plan": { meaning: "looking at the disk for a command, and planning it", attributes: [] },
  "packer.commit": {
    meaning: "making a group of commands durable and putting it in place; linked with the span of each of them",
    attributes: ["project", "commands"]
  },
  "packer.publish": { meaning: "putting what is durable in place", attributes: [] },
  "packer.patch": { meaning: "making the new snapshot", attributes: [] },
  "packer.preview": { meaning: "looking at the disk for a preview, and planning it", attributes: [] }
} as const satisfies Readonly<Record<string, SpanRow>>

/**
 * Runs something in a span of the packer's own. Where in the packer it begins says nothing to a host, and to find that out
 * would cost more than all the rest of the span.
 */
export const inSpan =
  (name: keyof typeof spanTable, options?: SpanOptionsNoTrace) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, ParentSpan>> =>
    Effect.withSpan(name, options, { captureStackTrace: false })(effect)

/** A span of the packer's own for work in which nothing else has a span: whoever asks for it ends it. */
export const spanOf = (name: keyof typeof spanTable): Effect.Effect<Span> => Effect.makeSpan(name)
