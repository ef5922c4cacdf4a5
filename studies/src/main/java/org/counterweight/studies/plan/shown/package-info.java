/** What a study's page shows beside its claims: tables and pictures. */
@NullMarked
package org.counterweight.studies.plan.shown;

import org.jspecify.annotations.NullMarked;
