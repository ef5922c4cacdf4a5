/** Trained models that are asked: about texts, about images. Start at {@link org.counterweight.jobs.predict.Predictor}. */
@NullMarked
package org.counterweight.jobs.predict;

import org.jspecify.annotations.NullMarked;
