/**
 * Small classifiers of digits whose weights are values, and what studies of merges and updates ask of them: start at {@link
 * org.counterweight.studies.bed.classifier.WeighedClassifier}.
 */
@NullMarked
package org.counterweight.studies.bed.classifier;

import org.jspecify.annotations.NullMarked;
