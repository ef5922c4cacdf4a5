/** Tests of the report. */
package org.counterweight.report;
