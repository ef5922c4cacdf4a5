/** Tests of recipes. */
package org.counterweight.jobs.recipe.foreign;
