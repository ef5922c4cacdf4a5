/** Tests of the command line, through the command line. */
package org.counterweight.cli;
