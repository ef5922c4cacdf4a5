package org.counterweight.model.part;

/** How a BERT classifier sees a whole text. */
public enum Pooling {
    /** tanh of a linear layer on the first token's state, as in Hugging Face's {@code BertForSequenceClassification}. */
    POOLER,
    /** The mean over the real tokens: for encoders that were trained as sentence encoders and have no pooler. */
    MEAN
}
