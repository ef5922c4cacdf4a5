/** EasyEdit's files: the settings of GRACE, and requests for edits. */
@NullMarked
package org.counterweight.formats.easyedit;

import org.jspecify.annotations.NullMarked;
