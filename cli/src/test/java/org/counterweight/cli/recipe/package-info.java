/** Tests of recipes. */
package org.counterweight.cli.recipe;
