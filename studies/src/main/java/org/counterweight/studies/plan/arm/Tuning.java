package org.counterweight.studies.plan.arm;

/**
 * How a method's best setting is found: by the mean of a metric over the seeds. The metric comes from validation data, never
 * from the test data that the tables show.
 */
public record Tuning(Metric metric) {}
