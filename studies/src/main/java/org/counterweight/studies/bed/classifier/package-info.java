/**
 * Small classifiers of digits with their weights as values, and what studies of merges and updates need of them. Start
 * at {@link org.counterweight.studies.bed.classifier.WeighedClassifier}.
 */
@NullMarked
package org.counterweight.studies.bed.classifier;

import org.jspecify.annotations.NullMarked;
