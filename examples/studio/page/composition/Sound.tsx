/** A sound: its shape, and a way to listen to it. */
import { useRef, useState } from "react"
import { Button } from "../parts/Button.tsx"
import { Empty } from "../parts/Notice.tsx"
import { useSound, Wave } from "../parts/Wave.tsx"

/** A sound to be played. */
export const Sound = ({ url }: { readonly url: string }) => {
  const player = useRef<HTMLAudioElement>(null)
  const sound = useSound(url)
  const [isPlaying, setPlaying] = useState(false)
  const [at, setAt] = useState(0)

  if (sound === "broken") {
    return (
      <div className="sound">
        <Empty icon="sound" title="This is not a sound">Its name says so, and its bytes do not.</Empty>
      </div>
    )
  }
  return (
    <div className="sound">
      <audio
        ref={player}
        src={url}
        onPlay={() => setPlaying(true)}
        onPause={() => setPlaying(false)}
        onTimeUpdate={({ currentTarget: { currentTime, duration } }) =>
          setAt(duration > 0 ? currentTime / duration : 0)}
      />
      <Button
        kind="primary"
        icon={isPlaying ? "pause" : "play"}
        aria-label={isPlaying ? "Pause" : "Play"}
        reason={sound === undefined ? "The sound is being read." : undefined}
        onClick={() => isPlaying ? player.current?.pause() : void player.current?.play()}
      />
      <Wave shape={sound?.shape} at={at} />
      <span className="aside">{sound === undefined ? "…" : `${sound.seconds.toFixed(2)} s`}</span>
    </div>
  )
}
