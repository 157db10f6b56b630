/** Sounds, made of a function that says how far the membrane is out at each moment. */

const sampleRate = 22050

/** A WAV file with one channel of 16 bits; the function goes from -1 to 1. */
const wav = (seconds: number, at: (time: number) => number): Uint8Array => {
  const count = Math.round(seconds * sampleRate)
  const file = Buffer.alloc(44 + count * 2)
  file.write("RIFF", 0, "latin1")
  file.writeUInt32LE(36 + count * 2, 4)
  file.write("WAVEfmt ", 8, "latin1")
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(sampleRate, 24)
  file.writeUInt32LE(sampleRate * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write("data", 36, "latin1")
  file.writeUInt32LE(count * 2, 40)
  for (let n = 0; n < count; n++) {
    const out = Math.max(-1, Math.min(1, at(n / sampleRate)))
    file.writeInt16LE(Math.round(out * 0x7fff), 44 + n * 2)
  }
  return file
}

/** Notes, one after the other, each fading: in semitones above the A that tunes orchestras; none is silence. */
export const melody = (notes: ReadonlyArray<number | undefined>, secondsPerNote: number): Uint8Array =>
  wav(notes.length * secondsPerNote, (time) => {
    const note = notes[Math.floor(time / secondsPerNote)]
    if (note === undefined) return 0
    const since = time % secondsPerNote
    const phase = (since * 440 * 2 ** (note / 12)) % 1
    const bow = Math.min(1, since * 200) * Math.exp((-since * 3) / secondsPerNote)
    return (Math.abs(phase * 4 - 2) - 1) * bow * 0.5
  })

/** A tone that glides from one pitch to another, in Hertz, and fades. */
export const glide = (seconds: number, from: number, to: number): Uint8Array =>
  wav(seconds, (time) => {
    const turns = from * time + ((to - from) * time * time) / (2 * seconds)
    return Math.sign(Math.sin(turns * 2 * Math.PI)) * Math.exp((-time * 4) / seconds) * 0.25
  })
