// French words of a plan of instalments. Loaded with its dialog.
export const words = {
  'plan.how': 'En combien de versements?',
  'plan.parts': '{n} versements',
  'plan.dates': 'Vos versements',
  'plan.date': 'Au plus tard le',
  'plan.nothing':
    'Rien n’est prélevé tout seul\u00a0: chaque versement, c’est vous qui le faites ici. Vous recevrez un rappel par courriel. Vous pourrez toujours payer plus, ou tout.',
  'plan.agree': 'Accepter ces dates',
};
