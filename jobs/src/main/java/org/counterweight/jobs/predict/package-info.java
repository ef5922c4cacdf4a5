/** Trained models asked about texts. Start at {@link org.counterweight.jobs.predict.Predictor}. */
@NullMarked
package org.counterweight.jobs.predict;

import org.jspecify.annotations.NullMarked;
