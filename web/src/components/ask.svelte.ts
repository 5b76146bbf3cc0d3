// Questions before something is lost.
interface Question {
  title: string
  text: string
  /** The word on the button that does it. */
  action: string
}

class Asked {
  question = $state.raw<Question | null>(null)
  #settle: (yes: boolean) => void = () => {}

  ask(question: Question): Promise<boolean> {
    this.#settle(false)
    this.question = question
    return new Promise((settle) => (this.#settle = settle))
  }
  answer(yes: boolean) {
    this.question = null
    this.#settle(yes)
  }
}

export const asked = new Asked()
/** Asks the reader, and returns whether they agree. */
export const ask = (question: Question) => asked.ask(question)
