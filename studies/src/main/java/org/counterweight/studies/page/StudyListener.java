package org.counterweight.studies.page;

import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.arm.Run;

/** Told of a study's way; called on the thread that runs it. */
public interface StudyListener {
    /** Says nothing. */
    StudyListener SILENT = new StudyListener() {};

    /** A study begins; it has so many runs. */
    default void started(Plan plan, int runs) {}

    /** One arm is measured. */
    default void ran(Run run) {}

    /** The study is judged. */
    default void finished(StudyResult report) {}
}
