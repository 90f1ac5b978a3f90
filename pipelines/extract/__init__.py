"""From the text of a report to its facts with evidence, and an account of every number. Pure functions and one cache.

The words of this package:

- A *mention* is a number in a text. A *figure* is a mention that may be a result of the year.
- The *template* of a sentence is the sentence with 1 for each plain numeral. It is the key of the cache.
- The *wording* of a sentence is the sentence with 0 for the digits of each figure. The rules read wordings.
- A *token* is a term of the lexicon in a wording. A *window* is the stretch of words around one figure.
- A *candidate* is a rule that fits the words near a figure. A *match* is the rule that was chosen.
- The *reading* of a wording holds the matches of each figure, or the reason why the figure is no result.
- A *statement* is what one sentence says: its numbers and its facts, with *offsets* in the sentence.
- *Tables of statements* have a row for each number and fact that remembered sentences state.
- *Rows* are the numbers and facts of a batch of reports, with offsets in their stored texts.
"""
