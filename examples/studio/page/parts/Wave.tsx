/** The shape of a sound: how loud it is, from its beginning to its end. */
import { useEffect, useState } from "react"

const columns = 120

/** How loud a sound is, from its beginning to its end, between 0 and 1. */
const loudness = (samples: Float32Array): ReadonlyArray<number> => {
  const width = Math.max(1, Math.floor(samples.length / columns))
  return Array.from({ length: columns }, (_, column) => {
    let loudest = 0
    for (const sample of samples.subarray(column * width, (column + 1) * width)) {
      loudest = Math.max(loudest, Math.abs(sample))
    }
    return loudest
  })
}

/** What is known of a sound. */
interface Heard {
  readonly seconds: number
  readonly shape: ReadonlyArray<number>
}

/** Reads a sound; nothing, if its bytes are none. */
const read = async (url: string): Promise<Heard | undefined> => {
  try {
    const response = await fetch(url)
    const audio = new OfflineAudioContext(1, 1, 44_100)
    const decoded = await audio.decodeAudioData(await response.arrayBuffer())
    return { seconds: decoded.duration, shape: loudness(decoded.getChannelData(0)) }
  } catch {
    return undefined
  }
}

/** Reads a sound: nothing as long as it is being read, and `broken` if its bytes are none. */
export const useSound = (url: string): Heard | "broken" | undefined => {
  const [sound, setSound] = useState<Heard | "broken" | undefined>(undefined)
  useEffect(() => {
    let isOver = false
    void read(url).then((heard) => !isOver && setSound(heard ?? "broken"))
    return () => {
      isOver = true
    }
  }, [url])
  return sound
}

const silence: ReadonlyArray<number> = Array.from({ length: columns }, () => 0)

/** Draws the shape of a sound; what was heard already looks different. Without a shape it is flat. */
export const Wave = (
  { at = 0, shape = silence }: { readonly shape?: ReadonlyArray<number> | undefined; readonly at?: number }
) => (
  <svg className="wave" viewBox={`0 0 ${columns * 4} 100`} preserveAspectRatio="none" aria-hidden="true">
    {shape.map((loud, column) => (
      <rect
        key={column}
        className={column / columns < at ? "heard" : ""}
        x={column * 4}
        width={2.4}
        rx={1}
        y={50 - Math.max(1, loud * 46)}
        height={Math.max(2, loud * 92)}
      />
    ))}
  </svg>
)
