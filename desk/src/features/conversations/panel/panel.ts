/** The pickers of the panel that a key opens. */
export type PanelPicker = 'agent' | 'team' | 'labels' | 'priority'
