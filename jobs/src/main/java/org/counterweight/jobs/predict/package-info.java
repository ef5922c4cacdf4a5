/**
 * Predictions of trained models for texts, images, tables and graphs. Start at
 * {@link org.counterweight.jobs.predict.Predictor}.
 */
@NullMarked
package org.counterweight.jobs.predict;

import org.jspecify.annotations.NullMarked;
