/**
 * What studies share: small models with their weights as values, data sets, shifts of data, traces of training runs.
 */
@NullMarked
package org.counterweight.studies.bed;

import org.jspecify.annotations.NullMarked;
