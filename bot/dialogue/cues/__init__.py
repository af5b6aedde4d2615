"""Words by which a buyer shows what they want beside a question: a person, thanks, anger, danger."""
