/** Tests speak Spanish unless they say otherwise. */
import { use, type Words } from './messenger/texts'
import es from './messenger/words/es.json'

use('es', es as Words)
