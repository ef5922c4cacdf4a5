/** Tests of the report. */
package org.counterweight.cli.report;
