package org.counterweight.studies.plan.arm;

/** One arm, measured for one seed. */
public record Run(Arm arm, long seed, Measurement measured, double seconds) {}
