/** Why a stream of events or changes ends before its time, and why a call inside a sink is refused. */
import * as Schema from "effect/Schema"

import { OpeningId, ProjectId } from "./Identity.ts"

/**
 * A reader took longer than its buffer lasts, and was ended; nothing was left out before. Read the snapshot again, and
 * subscribe from the position that the read returned.
 */
export class SubscriberLagged extends Schema.TaggedError<SubscriberLagged>()("SubscriberLagged", {
  /** The last event, or the last generation, that the reader got; 0 if it got none. */
  lastPosition: Schema.Natural
}) {
  override get message(): string {
    return `The reader was too slow for its buffer and was ended after ${this.lastPosition}. Read the snapshot again, ` +
      "and subscribe from the position that the read returned."
  }
}

/** The events that were asked for are gone, or were never there. Read the snapshot again, and go on from its position. */
export class EventsNotRetained extends Schema.TaggedError<EventsNotRetained>()("EventsNotRetained", {
  /** The opening whose events are retained; absent if there is none, or more than one to choose from. */
  opening_id: Schema.optionalKey(OpeningId),
  /** The position of the oldest event that is retained; 0 if none is. */
  oldest: Schema.Natural,
  /** The position of the newest event; 0 if there is none. */
  latest: Schema.Natural
}) {
  override get message(): string {
    const what = this.opening_id === undefined || this.latest === 0
      ? "none are retained"
      : `those from ${this.oldest} to ${this.latest} of opening "${this.opening_id}" are retained`
    return `The events are not retained: ${what}. Read the snapshot again, and subscribe from its opening and position.`
  }
}

/** A sink waits for the project that waits for the sink. Submit without waiting, or let another fiber wait. */
export class SinkReentry extends Schema.TaggedError<SinkReentry>()("SinkReentry", {
  /** The project that waits for the sink. */
  projectId: ProjectId
}) {
  override get message(): string {
    return `An event sink cannot wait for an operation of project "${this.projectId}", which waits for the sink to take ` +
      "its events. Submit without waiting, or let the sink call end first."
  }
}
