/** How a page is connected with the project that it shows. */
import { Context, type Effect, type Stream } from "effect"

import type { ProjectInfo } from "./ProjectInfo.ts"

/**
 * `connecting` as long as nothing came yet, `open`, or `lost`: then it is tried again by itself, what was asked for waits,
 * and what is shown is what was known last.
 */
export type ConnectionState = "connecting" | "open" | "lost"

/** How the connection is, and which project it leads to. */
export interface ConnectionView {
  readonly state: ConnectionState
  readonly project: ProjectInfo
}

/** How a page is connected with the project that it shows. */
export class Connection extends Context.Service<Connection, {
  readonly view: Effect.Effect<ConnectionView>
  /** How it is now, and whenever it is different; a slow reader gets the newest. */
  readonly changes: Stream.Stream<ConnectionView>
  /** Where the page gets a file of an asset, to show or to play it. */
  readonly fileUrl: (root: string, file: string) => string
}>()("prometeu-packer/examples/studio/Connection") {}
